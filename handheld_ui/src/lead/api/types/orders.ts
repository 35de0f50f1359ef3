/** Orders with their lines, and what a wave may take of them. */

import { type Infer, list, nullable, object, record, text, whole } from "../../../shared/check";

const missing = object({ sku: text, asked: whole, free: whole, missing: whole });
export type Missing = Infer<typeof missing>;

const orderFields = {
  id: text,
  number: whole,
  channel: text,
  external_id: text,
  state: text,
  /** 0 (most urgent) to 3. */
  priority: whole,
  ship_by: nullable(text),
  carrier: nullable(text),
  service: nullable(text),
  lines: whole,
  units: whole,
  holds: list(object({ reason: text, detail: text })),
  missing: list(missing),
  wave: nullable(whole),
  received_at: text,
};
const order = object(orderFields);
export type Order = Infer<typeof order>;

/** Where the units of an order line are; the parts add up to what was ordered. */
export const BUCKETS = [
  "open",
  "allocated",
  "in_list",
  "picked",
  "consolidated",
  "packed",
  "shipped",
  "short_closed",
  "cancelled",
] as const;

const orderLine = object({
  id: text,
  position: whole,
  sku: text,
  name: text,
  ordered: whole,
  buckets: record(whole),
  state: text,
});
export type OrderLine = Infer<typeof orderLine>;

const ledgerMove = object({
  at: text,
  from: nullable(text),
  to: text,
  quantity: whole,
  cause: text,
  sku: text,
});
export type LedgerMove = Infer<typeof ledgerMove>;

export const orderDetail = object({
  ...orderFields,
  lines_detail: list(orderLine),
  moves: list(ledgerMove),
});
export type OrderDetail = Infer<typeof orderDetail>;

export const orderPage = object({
  orders: list(order),
  next: nullable(whole),
  counts: record(whole),
});
export type OrderPage = Infer<typeof orderPage>;

/** What a wave takes; sent, never received. */
export interface OrderFilter {
  channel?: string;
  carrier?: string;
  priority?: number;
  ship_by_before?: string;
  single_line?: boolean;
  max_orders?: number;
  order_ids?: string[];
}
