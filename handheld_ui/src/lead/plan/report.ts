/** What a wave became: plan against fact, shorts by place, and report against recount. */

import type { WaveFigures } from "../api/report";
import type { BoardList, ListDetail } from "../api/types";

/** One figure counted in two ways. */
export interface Compared {
  name: string;
  report: number;
  recount: number;
}

/** Many figures of one kind, e.g. units by location: how many agree, and those that do not. */
export interface ComparedTable {
  name: "orders" | "taken" | "on_hand" | "containers";
  entries: number;
  differences: Compared[];
}

/** Units per bucket and per outcome of the tasks; zeros on both sides are left out. */
export function comparedFigures(report: WaveFigures, recount: WaveFigures): Compared[] {
  const buckets = compare(report.units, recount.units).map((row) => ({
    ...row,
    name: `units.${row.name}`,
  }));
  const tasks = compare(report.tasks, recount.tasks).map((row) => ({
    ...row,
    name: `tasks.${row.name}`,
  }));
  return [...buckets.filter((row) => row.report !== 0 || row.recount !== 0), ...tasks];
}

export function comparedTables(report: WaveFigures, recount: WaveFigures): ComparedTable[] {
  return (["orders", "taken", "on_hand", "containers"] as const).map((name) => {
    const rows = compare(flat(report[name]), flat(recount[name]));
    return {
      name,
      entries: rows.length,
      differences: rows.filter((row) => row.report !== row.recount),
    };
  });
}

type Counts = Readonly<Record<string, number>>;

function compare(report: Counts, recount: Counts): Compared[] {
  return [...new Set([...Object.keys(report), ...Object.keys(recount)])].map((name) => ({
    name,
    report: report[name] ?? 0,
    recount: recount[name] ?? 0,
  }));
}

function flat(table: Readonly<Record<string, Counts>>): Counts {
  return Object.fromEntries(
    Object.entries(table).flatMap(([place, row]) =>
      Object.entries(row).map(([name, units]) => [`${place} · ${name}`, units]),
    ),
  );
}

/** Milliseconds from claiming a list to its last scan; null while nothing was scanned. */
export function workedMs(list: BoardList): number | null {
  if (list.claimed_at === null || list.last_op_at === null) return null;
  return Math.max(0, Date.parse(list.last_op_at) - Date.parse(list.claimed_at));
}

export interface PlanAndFact {
  lists: number;
  closed: number;
  /** Of the lists as they were worked, re-plans included. */
  length_mm: number;
  planned_ms: number;
  /** Work on lists that were begun; compare with `planned_begun_ms`. */
  worked_ms: number;
  planned_begun_ms: number;
}

export function planAndFact(lists: readonly BoardList[]): PlanAndFact {
  const begun = lists.filter((list) => workedMs(list) !== null);
  return {
    lists: lists.length,
    closed: lists.filter((list) => list.state === "closed").length,
    length_mm: sum(lists.map((list) => list.length_mm)),
    planned_ms: sum(lists.map((list) => list.duration_ms)),
    worked_ms: sum(begun.map((list) => workedMs(list) ?? 0)),
    planned_begun_ms: sum(begun.map((list) => list.duration_ms)),
  };
}

export interface ShortRow {
  location: string;
  sku: string;
  name: string;
  asked: number;
  short: number;
  lists: number[];
}

/** Shorts by location and item, the largest first. */
export function shortRows(lists: readonly ListDetail[]): ShortRow[] {
  const rows = new Map<string, ShortRow>();
  for (const list of lists) {
    for (const stop of list.stops) {
      for (const task of stop.tasks) {
        if (task.short === 0) continue;
        const key = `${stop.location} ${task.sku}`;
        const row = rows.get(key) ?? {
          location: stop.location,
          sku: task.sku,
          name: task.name,
          asked: 0,
          short: 0,
          lists: [],
        };
        row.asked += task.quantity;
        row.short += task.short;
        if (!row.lists.includes(list.number)) row.lists.push(list.number);
        rows.set(key, row);
      }
    }
  }
  return [...rows.values()].toSorted(
    (a, b) => b.short - a.short || a.location.localeCompare(b.location),
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
