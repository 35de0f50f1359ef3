/** The step a picker is at: derived from the state, never stored. */
import type { Slot, Stop, Task } from "../shared/protocol";
import type { State } from "./state";
import {
  open,
  openStops,
  openTasks,
  slotOf,
  slotsToDrop,
  slotsToLoad,
  viewOf,
  type View,
} from "./view";

export type Stage =
  | { readonly at: "signin"; readonly badge: string | null }
  | { readonly at: "home" }
  | { readonly at: "done" }
  | { readonly at: "load"; readonly view: View; readonly slot: Slot }
  | { readonly at: "goto"; readonly view: View; readonly stop: Stop }
  | {
      readonly at: "take";
      readonly view: View;
      readonly stop: Stop;
      readonly task: Task;
      readonly slot: Slot;
      /** Units wanted now: all that is open, or fewer after a short. */
      readonly want: number;
      readonly taken: number;
    }
  | {
      readonly at: "put";
      readonly view: View;
      readonly stop: Stop;
      readonly task: Task;
      readonly slot: Slot;
      readonly units: number;
    }
  | { readonly at: "drop"; readonly view: View; readonly slots: readonly Slot[] };

/** The open list as this device sees it, or null without one. */
export function viewOfState(state: State): View | null {
  const { snapshot, ops, snapshotLast } = state;
  return snapshot === null ? null : viewOf(snapshot, ops, snapshotLast);
}

export function stageOf(state: State): Stage {
  if (state.person === null) return { at: "signin", badge: state.badge };
  if (state.summary !== null) return { at: "done" };
  const view = viewOfState(state);
  if (view?.closed !== null) return { at: "home" };
  const { cursor } = state;
  const inHand = cursor.taken > 0 || cursor.keep !== null;
  const unloaded = slotsToLoad(view)[0];
  if (unloaded !== undefined && !inHand) return { at: "load", view, slot: unloaded };
  const stop = headingFor(state, view);
  if (stop === undefined) return { at: "drop", view, slots: slotsToDrop(view) };
  const task = currentTask(state, view, stop);
  const slot = task === undefined ? undefined : slotOf(view, task);
  if (task === undefined || slot === undefined) return { at: "goto", view, stop };
  if (!cursor.arrived || cursor.stop !== stop.id) return { at: "goto", view, stop };
  return atShelf(state, view, stop, task, slot);
}

/** The stop walked to: it stays while anything is open there, whatever the server reorders. */
export function headingFor(state: State, view: View): Stop | undefined {
  const stops = openStops(view);
  return stops.find((stop) => stop.id === state.cursor.stop) ?? stops[0];
}

function currentTask(state: State, view: View, stop: Stop): Task | undefined {
  const tasks = openTasks(view, stop.id);
  return tasks.find((task) => task.id === state.cursor.task) ?? tasks[0];
}

function atShelf(state: State, view: View, stop: Stop, task: Task, slot: Slot): Stage {
  const { cursor } = state;
  const mine = cursor.task === task.id;
  const taken = mine ? cursor.taken : 0;
  const want = Math.min(open(task), (mine ? cursor.keep?.count : undefined) ?? open(task));
  if (taken >= want && want > 0) return { at: "put", view, stop, task, slot, units: want };
  if (task.verify.item === "none") return { at: "put", view, stop, task, slot, units: want };
  return { at: "take", view, stop, task, slot, want, taken };
}
