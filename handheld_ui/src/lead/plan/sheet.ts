/** The plan sheet as columns to compare, and the progress of a search per method. */

import type { PlanMethod, PlanSheet, Run } from "../api/types";

/** All methods, in the order in which they are shown. */
export const METHODS = ["single", "cluster", "sort-after", "zone", "total"] as const;
export type Method = (typeof METHODS)[number];

export interface SheetColumn extends PlanMethod {
  /** Metres walked as a part of the baseline's, for the bar; 1 is as long as the baseline. */
  share: number;
  /** How far the length is above the proven lower bound, percent; null without a bound. */
  gap_percent: number | null;
  left_out_orders: number;
  /** Has at least one list: there is something to launch. */
  launchable: boolean;
  shortest: boolean;
  fastest: boolean;
}

/** Methods of the sheet in the order of {@link METHODS}; unknown ones follow. */
export function columns(sheet: PlanSheet): SheetColumn[] {
  const launchable = sheet.methods.filter((method) => method.lists > 0);
  const leastLeftOut = Math.min(...launchable.map(leftOutOrders));
  // A plan that leaves more orders out walks less for a bad reason: only equals compete.
  const equals = launchable.filter((method) => leftOutOrders(method) === leastLeftOut);
  const shortest = Math.min(...equals.map((method) => method.length_mm));
  const fastest = Math.min(...equals.map((method) => method.duration_ms));
  return sheet.methods.toSorted(byMethod).map((method) => {
    const competes = equals.includes(method);
    return {
      ...method,
      share: method.baseline_mm > 0 ? method.length_mm / method.baseline_mm : 0,
      gap_percent: gapPercent(method.length_mm, method.bound_mm),
      left_out_orders: leftOutOrders(method),
      launchable: method.lists > 0,
      shortest: competes && method.length_mm === shortest,
      fastest: competes && method.duration_ms === fastest,
    };
  });
}

/** Orders with something left out; an order with several causes counts once. */
export function leftOutOrders(method: PlanMethod): number {
  return new Set(method.unplanned.map((entry) => entry.order_id)).size;
}

export function gapPercent(lengthMm: number, boundMm: number | null): number | null {
  if (boundMm === null || lengthMm <= 0) return null;
  return (Math.max(0, lengthMm - boundMm) / lengthMm) * 100;
}

/** The plan to show first: launched, else the lead's choice if still there, else recommended. */
export function chosenPlan(sheet: PlanSheet, wish: string | null): string | null {
  const ids = new Set(sheet.methods.map((method) => method.plan_id));
  if (sheet.wave.plan_id !== null && ids.has(sheet.wave.plan_id)) return sheet.wave.plan_id;
  if (wish !== null && ids.has(wish)) return wish;
  const launchable = sheet.methods.filter((method) => method.lists > 0);
  const best = launchable.find((method) => method.recommended) ?? launchable[0];
  return best?.plan_id ?? null;
}

export interface MethodProgress {
  method: string;
  state: "waiting" | "searching" | "done";
  best_mm: number | null;
  saving_percent: number | null;
}

/** Best length so far per method: what the run says now, and plans that are already stored. */
export function methodProgress(run: Run, sheet: PlanSheet | null): MethodProgress[] {
  const { progress } = run;
  const baseline = progress.baseline_mm ?? sheet?.baseline?.length_mm ?? null;
  const done = new Map<string, number | null>();
  for (const entry of progress.methods_done) {
    if (typeof entry === "string") done.set(entry, null);
    else done.set(entry.method, entry.length_mm);
  }
  const stored = new Map(
    (sheet?.run.id === run.id ? sheet.methods : []).map((plan) => [
      plan.method,
      plan.lists > 0 ? plan.length_mm : null, // no list is no short walk
    ]),
  );
  return METHODS.map((method) => {
    const searching = !done.has(method) && progress.method === method;
    const best =
      done.get(method) ?? stored.get(method) ?? (searching ? (progress.best_mm ?? null) : null);
    const state =
      done.has(method) || stored.has(method) ? "done" : searching ? "searching" : "waiting";
    return { method, state, best_mm: best, saving_percent: savingPercent(best, baseline) };
  });
}

export function savingPercent(lengthMm: number | null, baselineMm: number | null): number | null {
  if (lengthMm === null || baselineMm === null || baselineMm <= 0) return null;
  return ((baselineMm - lengthMm) / baselineMm) * 100;
}

function byMethod(left: PlanMethod, right: PlanMethod): number {
  return rank(left.method) - rank(right.method) || left.method.localeCompare(right.method);
}

function rank(method: string): number {
  const at = METHODS.findIndex((known) => known === method);
  return at < 0 ? METHODS.length : at;
}
