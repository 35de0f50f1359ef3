/** YES and NO: what the answers to questions do. */
import type { Command } from "../../shared/barcode";
import { needOf } from "../need";
import { stageOf, viewOfState } from "../stage";
import { unsent, type State } from "../state";
import { atHand, openStops } from "../view";
import type { Step } from "./events";
import {
  answer,
  EMPTY_HANDS,
  holdsGoods,
  quietly,
  record,
  settle,
  withCursor,
  withoutNotice,
} from "./steps";
import { undo } from "./undo";

/** A command that means nothing here: named, and told what is wanted. */
export function useless(state: State, word: Command): Step {
  return answer(state, "wrong", [
    { key: "seen.command", with: { command: word.toUpperCase() } },
    needOf(stageOf(state)),
  ]);
}

/** YES and NO answer the question on the screen. */
export function decide(state: State, word: "yes" | "no", at: number): Step {
  const { dialog } = state;
  const free = { ...state, dialog: null };
  switch (dialog?.kind) {
    case "sound":
      if (word === "yes") return answer(free, "ok", []);
      return { state, effects: [{ type: "signals", louder: true }] };
    case "pause":
      if (word === "yes") return answer(free, "ok", []);
      return answer(state, "wrong", [{ key: "need.continue" }]);
    case "jump":
      return word === "yes" ? jump(free, dialog.stop) : answer(free, "ok", [needOf(stageOf(free))]);
    case "undo":
      return word === "yes" ? undo(free, dialog.seq, at) : answer(free, "ok", []);
    case "hand-back":
      return word === "yes" ? handBack(free, at) : answer(free, "ok", []);
    case "sign-out":
      return word === "yes" ? signOut(free) : answer(free, "ok", []);
    case "short-count":
    case "short-reason":
    case "choose":
      return word === "no" ? answer(free, "ok", []) : answer(state, "wrong", [{ key: "need.answer" }]);
    default:
      break;
  }
  return state.notices.length > 0 ? answer(withoutNotice(state), "ok", []) : useless(state, word);
}

function jump(state: State, stop: string): Step {
  const view = viewOfState(state);
  const there = view === null ? undefined : openStops(view).find(({ id }) => id === stop);
  if (there === undefined) return quietly(state);
  const moved = withCursor(state, { ...EMPTY_HANDS, stop, arrived: true });
  const says = { key: "goto.arrived", with: { location: there.location } } as const;
  return answer(settle(moved), "step", [says]);
}

/** Ask whether the rest goes back to the pool. */
export function askHandBack(state: State): Step {
  const stage = stageOf(state);
  if (!("view" in stage)) return quietly({ ...state, dialog: null });
  if (holdsGoods(state) || state.cursor.over > 0) {
    return answer({ ...state, dialog: null }, "wrong", [{ key: "need.put-first" }]);
  }
  return quietly({ ...state, dialog: { kind: "hand-back" } });
}

function handBack(state: State, at: number): Step {
  const { snapshot } = state;
  if (snapshot === null) return quietly(state);
  const says = { key: "hand-back.done", with: { number: snapshot.number } } as const;
  return answer(settle(record(state, at, { kind: "hand_back" })), "step", [says]);
}

function signOut(state: State): Step {
  const token = state.person?.token;
  if (token === undefined) return quietly(state);
  const out: State = {
    ...state,
    person: null,
    badge: null,
    languageChosen: false,
    snapshot: null,
    waiting: null,
    summary: null,
    notices: [],
    asking: false,
    bar: null,
    ops: atHand(state.ops, null),
  };
  // Facts not sent yet need the sign-in that is still valid: it is ended by its own time.
  const effects = unsent(state) === 0 ? [{ type: "sign-out", token } as const] : [];
  return { state: settle(out), effects };
}
