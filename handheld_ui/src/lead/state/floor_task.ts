/** What a lead enters to finish a floor task, and what the server is told. */

import type { FloorTask } from "../api/types";

export interface FloorTaskForm {
  location: string;
  /** As typed. */
  units: string;
}

export interface FloorTaskOutcome {
  location: string;
  quantity: number;
  /** Units that the books lose because they are not there any more. */
  lost: number;
}

/** The server takes no larger count. */
const MOST_UNITS = 999_999;

/** Goods go back to where they came from, all of them; a count begins without a number. */
export function formOf(task: FloorTask): FloorTaskForm {
  return {
    location: task.location ?? "",
    units: task.kind === "count" ? "" : String(task.quantity),
  };
}

/** Null while the form is incomplete, or says more units than there are to put back. */
export function outcomeOf(task: FloorTask, form: FloorTaskForm): FloorTaskOutcome | null {
  const location = form.location.trim();
  const units = form.units.trim();
  if (location === "" || !/^\d+$/.test(units)) return null;
  const quantity = Number(units);
  if (quantity > (task.kind === "count" ? MOST_UNITS : task.quantity)) return null;
  // Goods of a parked scan never left their location in the books: none can be lost.
  const lost = task.kind === "count" || task.cause === "parked" ? 0 : task.quantity - quantity;
  return { location, quantity, lost };
}

/** What is to be done: put-backs first, since orders wait for them; then each place to count once. */
export function workOf(tasks: readonly FloorTask[]): FloorTask[] {
  const counts = new Map<string, FloorTask>();
  for (const task of tasks) {
    const place = JSON.stringify([task.location, task.sku]);
    // One count finishes all of its place: the oldest stands for them.
    if (task.kind === "count" && !counts.has(place)) counts.set(place, task);
  }
  return [...tasks.filter((task) => task.kind !== "count"), ...counts.values()];
}
