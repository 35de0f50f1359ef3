/** What the lead fills in for a new wave, and the filter it stands for. */

import type { OrderFilter } from "../api/types";

export interface BuilderForm {
  channel: string;
  carrier: string;
  /** "" for any, else "0".."3". */
  priority: string;
  single_line: boolean;
  /** Local date and time as `<input type="datetime-local">` gives it; "" for none. */
  ship_by_before: string;
  max_orders: string;
}

export const EMPTY_FORM: BuilderForm = {
  channel: "",
  carrier: "",
  priority: "",
  single_line: false,
  ship_by_before: "",
  max_orders: "",
};

export const SECONDS = { min: 1, max: 300, usual: 10 };

/** The filter of the form, without what is left open; orders chosen by hand narrow it further. */
export function filterOf(form: BuilderForm, chosen: ReadonlySet<string>): OrderFilter {
  const filter: OrderFilter = {};
  const channel = form.channel.trim();
  const carrier = form.carrier.trim();
  const most = Number.parseInt(form.max_orders, 10);
  if (channel) filter.channel = channel;
  if (carrier) filter.carrier = carrier;
  if (form.priority !== "") filter.priority = Number(form.priority);
  if (form.single_line) filter.single_line = true;
  if (form.ship_by_before) filter.ship_by_before = new Date(form.ship_by_before).toISOString();
  if (Number.isInteger(most) && most > 0) filter.max_orders = most;
  if (chosen.size > 0) filter.order_ids = [...chosen];
  return filter;
}

/** Seconds of search within what the server allows; the usual value for anything else. */
export function secondsOf(text: string): number {
  const seconds = Number.parseFloat(text);
  if (!Number.isFinite(seconds)) return SECONDS.usual;
  return Math.min(Math.max(seconds, SECONDS.min), SECONDS.max);
}

/** A name that says what is in the wave: carrier and channel if given, and the time. */
export function defaultName(form: BuilderForm, time: string): string {
  return [form.carrier.trim(), form.channel.trim(), time].filter(Boolean).join(" ");
}

/** Distinct values of a column, sorted, for suggestions. */
export function distinct(values: (string | null)[]): string[] {
  return [...new Set(values.filter((value): value is string => Boolean(value)))].toSorted((a, b) =>
    a.localeCompare(b),
  );
}
