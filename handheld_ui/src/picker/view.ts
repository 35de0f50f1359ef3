/**
 * What is true as far as this device knows: the snapshot and its own newer ops.
 *
 * Pure: the same snapshot and ops give the same view, so a reload shows the same screen.
 */
import type { Op, Slot, Snapshot, Stop, Task } from "../shared/protocol";
import type { Recorded } from "./state";

export interface View {
  readonly snapshot: Snapshot;
  readonly tasks: readonly Task[];
  readonly slots: readonly Slot[];
  /** Stops in the order they should be walked, skipped ones last. */
  readonly stops: readonly Stop[];
  readonly closed: "done" | "handed-back" | null;
}

/** Units of a task that are still to be picked, shorted or cancelled. */
export function open(task: Task): number {
  return task.qty - task.picked - task.short - task.cancelled;
}

/**
 * Ops that a view of the list may need: those of the list, all without an answer, and what an
 * undo without an answer takes back. A server restored from a backup may know that one only.
 */
export function atHand(ops: readonly Recorded[], list: string | null): readonly Recorded[] {
  const undone = new Set(
    ops.flatMap(({ op, verdict }) => (verdict === null && op.kind === "undo" ? [op.op] : [])),
  );
  const ofList = (op: Op): boolean => list !== null && op.list === list;
  return ops.filter(({ op, verdict }) => verdict === null || ofList(op) || undone.has(op.seq));
}

/**
 * The view of a list.
 *
 * `last` is the op up to which the snapshot already includes this device's reports.
 * Ops that the server refused or parked changed nothing and are left out.
 */
export function viewOf(snapshot: Snapshot, ops: readonly Recorded[], last: number): View {
  const tasks = new Map(snapshot.tasks.map((task) => [task.id, task]));
  const slots = new Map(snapshot.cart.slots.map((slot) => [slot.slot, slot]));
  const skipped = skippedStops(snapshot);
  let closed: View["closed"] = null;
  const mine = ops.filter(({ op }) => op.list === snapshot.list);
  for (const { op, verdict } of mine) {
    if (op.seq <= last || verdict === "refused" || verdict === "parked") continue;
    if (op.kind === "done") closed = "done";
    else if (op.kind === "hand_back") closed = "handed-back";
    else if (op.kind === "skip") moveLast(skipped, tasks.get(op.task)?.stop);
    else if (op.kind === "bind") changeSlot(slots, op.slot, { tote: op.tote, bound: true });
    else if (op.kind === "drop") dropTote(slots, op.tote);
    else if (op.kind === "undo") count(tasks, mine.find(({ op: { seq } }) => seq === op.op)?.op, -1);
    else count(tasks, op, 1);
  }
  return {
    snapshot,
    tasks: [...tasks.values()],
    slots: [...slots.values()],
    stops: inOrder(snapshot.stops, skipped),
    closed,
  };
}

/** Count a pick or short of an op for its task, or take it back. */
function count(tasks: Map<string, Task>, op: Op | undefined, sign: 1 | -1): void {
  if (op?.kind !== "pick" && op?.kind !== "short") return;
  const task = tasks.get(op.task);
  if (task === undefined) return;
  const change = sign * op.qty;
  tasks.set(
    task.id,
    op.kind === "pick"
      ? { ...task, picked: task.picked + change }
      : { ...task, short: task.short + change },
  );
}

function changeSlot(slots: Map<number, Slot>, number: number, change: Partial<Slot>): void {
  const slot = slots.get(number);
  if (slot !== undefined) slots.set(number, { ...slot, ...change });
}

function dropTote(slots: Map<number, Slot>, tote: string): void {
  for (const slot of slots.values()) {
    if (slot.tote === tote) changeSlot(slots, slot.slot, { dropped: true });
  }
}

function moveLast(skipped: string[], stop: string | undefined): void {
  if (stop === undefined) return;
  const at = skipped.indexOf(stop);
  if (at >= 0) skipped.splice(at, 1);
  skipped.push(stop);
}

/** Stops of which the server knows that they were left for later. */
function skippedStops({ stops, tasks }: Snapshot): string[] {
  const later = (stop: string): boolean => {
    const left = tasks.filter((task) => task.stop === stop && open(task) > 0);
    return left.length > 0 && left.every(({ state }) => state === "skipped");
  };
  return stops.map(({ id }) => id).filter(later);
}

function inOrder(stops: readonly Stop[], skipped: readonly string[]): readonly Stop[] {
  if (skipped.length === 0) return stops;
  const rank = (stop: Stop): number => skipped.indexOf(stop.id);
  return [...stops].sort((a, b) => rank(a) - rank(b));
}

/** Tasks of a stop that still want something, in the order of the list. */
export function openTasks(view: View, stop: string): readonly Task[] {
  return view.tasks.filter((task) => task.stop === stop && open(task) > 0);
}

/** Stops where something is still to be done, in walking order. */
export function openStops(view: View): readonly Stop[] {
  const wanted = new Set(view.tasks.filter((task) => open(task) > 0).map((task) => task.stop));
  return view.stops.filter((stop) => wanted.has(stop.id));
}

/** Slots that still miss the tote something will go into. */
export function slotsToLoad(view: View): readonly Slot[] {
  const wanted = new Set(view.tasks.filter((task) => open(task) > 0).map((task) => task.tote_slot));
  return view.slots.filter((slot) => !slot.bound && wanted.has(slot.slot));
}

/**
 * Slots whose totes must be left at the station.
 *
 * With pick-and-pass every tote travels on, also one that took nothing in this zone.
 */
export function slotsToDrop(view: View): readonly Slot[] {
  const filled = new Set(view.tasks.filter((task) => task.picked > 0).map((task) => task.tote_slot));
  const travelsOn = view.snapshot.method === "zone";
  return view.slots.filter(
    (slot) => slot.bound && !slot.dropped && (travelsOn || filled.has(slot.slot)),
  );
}

export function slotOf(view: View, task: Task): Slot | undefined {
  return view.slots.find((slot) => slot.slot === task.tote_slot);
}
