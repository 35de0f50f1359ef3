/** Carries out what a right scan means inside a list. */
import { taking } from "../judge_stages";
import { stageOf } from "../stage";
import type { State, Summary } from "../state";
import type { Say } from "../text/sentence";
import type { Action } from "../verdict";
import { open, slotsToLoad, viewOf, type View } from "../view";
import type { OpBody, ShortReason } from "../../shared/protocol";
import { shortBounds } from "../judge_dialogs";
import type { Event, Step } from "./events";
import { answer, EMPTY_HANDS, quietly, record, settle, withCursor } from "./steps";

type Do<Name extends Action["do"]> = Extract<Action, { do: Name }>;

export function bind(state: State, { slot, tote }: Do<"bind">, at: number): State {
  return record(state, at, { kind: "bind", tote, slot });
}

/** Whether every tote stands on the cart: the last one is a step, not just right. */
export function loaded(state: State): boolean {
  const { snapshot, ops, snapshotLast } = state;
  return snapshot !== null && slotsToLoad(viewOf(snapshot, ops, snapshotLast)).length === 0;
}

export function take(state: State, action: Do<"take">, at: number): State {
  const { cursor } = state;
  const before = cursor.task === action.task ? cursor.taken : 0;
  const now = withCursor(state, {
    stop: action.stop,
    arrived: true,
    task: action.task,
    taken: before + action.units,
    code: action.code,
  });
  const stage = stageOf(now);
  // Where the tote is not verified, taking the last unit is the whole pick.
  return stage.at === "put" && !stage.task.verify.tote ? put(now, at) : now;
}

/** H9: the units go into the tote; a short that was told before closes the rest. */
export function put(state: State, at: number): State {
  const stage = stageOf(state);
  if (stage.at !== "put" || stage.slot.tote === null) return state;
  const { task, units, stop } = stage;
  const { keep, code } = state.cursor;
  const facts: OpBody[] = [
    {
      kind: "pick",
      task: task.id,
      location: stop.location,
      sku: task.sku,
      qty: units,
      code,
      tote: stage.slot.tote,
    },
  ];
  const rest = open(task) - units;
  if (keep !== null && rest > 0) {
    facts.push({ kind: "short", task: task.id, qty: rest, reason: keep.reason, counted: 0 });
  }
  return settle(withCursor(record(state, at, ...facts), EMPTY_HANDS));
}

/** H11: every tote that must be left is left here, and the list is finished. */
export function drop(state: State, station: string, at: number): Step {
  const stage = stageOf(state);
  if (stage.at !== "drop") return quietly(state);
  const drops = stage.slots.flatMap(({ tote }): OpBody[] =>
    tote === null ? [] : [{ kind: "drop", tote, station }],
  );
  return finish(record(state, at, ...drops), at);
}

export function finish(state: State, at: number): Step {
  const stage = stageOf(state);
  if (stage.at !== "drop" || stage.slots.length > 0) return quietly(state);
  const summary = summaryOf(stage.view);
  const done = record(state, at, { kind: "done" });
  const says = { key: "done.thanks" } as const;
  return answer({ ...settle(done), summary, dialog: null }, "list", [says]);
}

function summaryOf(view: View): Summary {
  const sum = (count: (task: View["tasks"][number]) => number): number =>
    view.tasks.reduce((total, task) => total + count(task), 0);
  return {
    number: view.snapshot.number,
    stops: view.stops.length,
    units: sum((task) => task.picked),
    shorts: sum((task) => task.short),
    length_mm: view.snapshot.length_mm,
  };
}

/** X1: how many there are, then why. */
export function counted(state: State, { count }: Extract<Event, { type: "count" }>): Step {
  const bounds = shortBounds(stageOf(state));
  if (bounds === null || count < bounds[0] || count > bounds[1]) return quietly(state);
  return quietly({ ...state, dialog: { kind: "short-reason", count } });
}

export function shorted(state: State, reason: ShortReason, at: number): Step {
  const stage = stageOf(state);
  if (state.dialog?.kind !== "short-reason") return quietly(state);
  if (stage.at !== "take" && stage.at !== "put") return quietly({ ...state, dialog: null });
  const { task } = stage;
  const { count } = state.dialog;
  const free = { ...state, dialog: null };
  if (count > 0) {
    const taken = Math.min(state.cursor.task === task.id ? state.cursor.taken : 0, count);
    const kept = withCursor(free, { task: task.id, taken, keep: { count, reason } });
    const says: Say = { key: "short.take", with: { n: count, name: task.name } };
    return answer(settle(kept), "step", [says]);
  }
  const qty = open(task);
  const told = record(free, at, { kind: "short", task: task.id, qty, reason, counted: 0 });
  const says: Say = { key: "short.recorded", with: { n: qty, name: task.name } };
  return answer(settle(withCursor(told, EMPTY_HANDS)), "step", [says]);
}

/** F8: the picker chose which item a code with several meanings stands on. */
export function chosen(state: State, event: Extract<Event, { type: "choose" }>): Step {
  const { dialog } = state;
  const stage = stageOf(state);
  if (dialog?.kind !== "choose" || stage.at !== "take") return quietly({ ...state, dialog: null });
  const { task, stop, taken, want } = stage;
  const free = { ...state, dialog: null };
  if (event.match.sku !== task.sku) {
    return answer(free, "wrong", [
      { key: "seen.item", with: { name: event.match.name } },
      { key: "need.item", with: { name: task.name } },
    ]);
  }
  const judged = taking(task, stop, taken, want, event.match.units, dialog.code);
  const next = judged.action?.do === "take" ? take(free, judged.action, event.at) : free;
  return answer(next, judged.signal, judged.says);
}
