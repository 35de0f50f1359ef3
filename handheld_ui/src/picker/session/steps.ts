/** Small moves that the reducer's parts are made of. */
import type { Signal } from "../../shared/feedback";
import type { Op, OpBody } from "../../shared/protocol";
import { headingFor, stageOf, viewOfState } from "../stage";
import { NO_CURSOR, type Cursor, type Notice, type State } from "../state";
import type { Say } from "../text/sentence";
import { open } from "../view";
import type { Step } from "./events";

/** Nothing to ask of the world. */
export function quietly(state: State): Step {
  return { state, effects: [] };
}

/** Show an answer and give its signal. */
export function answer(
  state: State,
  signal: Signal,
  says: readonly Say[],
  { again = false } = {},
): Step {
  return {
    state: { ...state, bar: { signal, says, again } },
    effects: [{ type: "signal", signal }],
  };
}

export function withCursor(state: State, change: Partial<Cursor>): State {
  return { ...state, cursor: { ...state.cursor, ...change } };
}

/** Hands are empty again. */
export const EMPTY_HANDS = { task: null, taken: 0, code: null, over: 0, keep: null } as const;

/** Add facts to the outbox. Without a list or a person there is nothing to record for. */
export function record(state: State, at: number, ...bodies: readonly OpBody[]): State {
  const { snapshot, person } = state;
  if (snapshot === null || person === null) return state;
  let { nextSeq, lastOpAt } = state;
  const made = bodies.map(({ kind, ...carried }) => {
    const dt = lastOpAt === null ? 0 : Math.max(0, Math.round(at - lastOpAt));
    const { list, lease } = snapshot;
    const op = { seq: nextSeq, kind, list, lease, by: person.sign_in, dt, ...carried } as Op;
    nextSeq += 1;
    lastOpAt = at;
    return { op, verdict: null };
  });
  return { ...state, ops: [...state.ops, ...made], nextSeq, lastOpAt };
}

export function notify(state: State, notice: Notice): State {
  const known = state.notices.some(({ id }) => id === notice.id);
  return known ? state : { ...state, notices: [...state.notices, notice] };
}

/** The first notice is read: it does not come back with the next snapshot. */
export function withoutNotice(state: State): State {
  const [first, ...rest] = state.notices;
  if (first === undefined) return state;
  const seen = [...state.cursor.seen.filter((id) => id !== first.id), first.id];
  return withCursor({ ...state, notices: rest }, { seen });
}

/**
 * Bring the cursor in line with what is true now.
 *
 * The stop walked to stays while something is open there. What is in hand belongs to
 * its task: it is let go when the task is finished or cancelled, and what is beyond a
 * lowered quantity must go back.
 */
export function settle(state: State): State {
  const view = viewOfState(state);
  if (view === null || state.snapshot === null) {
    return state.cursor === NO_CURSOR ? state : { ...state, cursor: NO_CURSOR };
  }
  let { cursor } = state;
  if (cursor.list !== state.snapshot.list) cursor = { ...NO_CURSOR, list: state.snapshot.list };
  const task = view.tasks.find(({ id }) => id === cursor.task);
  if (cursor.task !== null && (task === undefined || open(task) === 0)) {
    cursor = { ...cursor, ...EMPTY_HANDS };
  } else if (task !== undefined && cursor.taken > open(task)) {
    const surplus = cursor.taken - open(task);
    cursor = { ...cursor, taken: open(task), over: cursor.over + surplus };
  }
  const heading = headingFor({ ...state, cursor }, view);
  if (heading?.id !== cursor.stop) {
    cursor = { ...cursor, ...EMPTY_HANDS, stop: heading?.id ?? null, arrived: false };
  }
  return cursor === state.cursor ? state : { ...state, cursor };
}

/** Whether the picker holds goods that are in no tote yet. */
export function holdsGoods(state: State): boolean {
  const stage = stageOf(state);
  return (stage.at === "take" || stage.at === "put") && state.cursor.taken > 0;
}
