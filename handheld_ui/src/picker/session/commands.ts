/** Buttons and command cards: each step can be confirmed either way. */
import type { Command } from "../../shared/barcode";
import { shortBounds } from "../judge_dialogs";
import { needOf } from "../need";
import { stageOf, viewOfState } from "../stage";
import { unsent, type State } from "../state";
import { openStops, openTasks } from "../view";
import type { Step } from "./events";
import { finish } from "./picking";
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
import { askUndo, undo } from "./undo";

/** Carry out a command, or say why it is of no use here. */
export function command(state: State, word: Command, at: number): Step {
  if (state.person === null) return useless(state, word);
  if (state.cursor.over > 0 && word !== "pause" && word !== "help") return putBackFirst(state);
  switch (word) {
    case "yes":
    case "no":
      return decide(state, word, at);
    case "start":
      return start(state, word);
    case "short":
      return short(state, word);
    case "skip":
      return skip(state, word, at);
    case "undo":
      return askUndo(state);
    case "pause":
      return pause(state);
    case "help":
      return help(state, word, at);
    case "done": {
      const finished = finish(state, at);
      return finished.effects.length > 0 ? finished : useless(state, word);
    }
  }
}

function useless(state: State, word: Command): Step {
  return answer(state, "wrong", [
    { key: "seen.command", with: { command: word.toUpperCase() } },
    needOf(stageOf(state)),
  ]);
}

function putBackFirst(state: State): Step {
  const stage = stageOf(state);
  if (stage.at !== "take" && stage.at !== "put") return quietly(state);
  const back = { n: state.cursor.over, location: stage.stop.location };
  return answer(state, "wrong", [{ key: "need.put-back", with: back }]);
}

function start(state: State, word: Command): Step {
  if (state.dialog?.kind === "pause") return answer({ ...state, dialog: null }, "ok", []);
  const stage = stageOf(state);
  if (stage.at === "done") return quietly({ ...state, summary: null, bar: null });
  if (stage.at !== "home") return useless(state, word);
  if (!state.online) return answer(state, "offline", [{ key: "home.offline" }]);
  const asking = { ...state, asking: true, dialog: null, bar: null };
  return { state: asking, effects: [{ type: "ask-work" }] };
}

function short(state: State, word: Command): Step {
  if (shortBounds(stageOf(state)) === null) return useless(state, word);
  return answer({ ...state, dialog: { kind: "short-count" } }, "ok", []);
}

/** X6: the stop comes later. What is in hand goes into its tote first. */
function skip(state: State, word: Command, at: number): Step {
  const stage = stageOf(state);
  if (stage.at !== "goto" && stage.at !== "take") return useless(state, word);
  if (holdsGoods(state) || state.cursor.keep !== null) {
    return answer(state, "wrong", [{ key: "need.put-first" }, needOf(stage)]);
  }
  if (openStops(stage.view).length < 2) {
    return answer(state, "extra", [{ key: "skip.last" }, needOf(stage)], { again: true });
  }
  const skips = openTasks(stage.view, stage.stop.id).map(
    ({ id }) => ({ kind: "skip", task: id, reason: "later" }) as const,
  );
  const later = withCursor(record(state, at, ...skips), { ...EMPTY_HANDS, stop: null });
  const says = { key: "skip.done", with: { location: stage.stop.location } } as const;
  return answer(settle({ ...later, dialog: null }), "ok", [says]);
}

function pause(state: State): Step {
  if (state.dialog?.kind === "pause") return answer({ ...state, dialog: null }, "ok", []);
  return answer({ ...state, dialog: { kind: "pause" } }, "ok", []);
}

function help(state: State, word: Command, at: number): Step {
  const stage = stageOf(state);
  if (state.snapshot === null || !("view" in stage)) return useless(state, word);
  const location = "stop" in stage ? stage.stop.location : null;
  const called = record(state, at, { kind: "report", location, reason: "help", text: null });
  const place = location ?? state.snapshot.drop[0] ?? state.snapshot.start;
  const says = { key: "help.sent", with: { place } } as const;
  const free = { ...called, dialog: null };
  return answer(free, "news", state.online ? [says] : [{ key: "help.later" }]);
}

/** YES and NO answer the question on the screen. */
function decide(state: State, word: "yes" | "no", at: number): Step {
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
    ops: state.ops.filter(({ verdict }) => verdict === null),
  };
  // Facts not sent yet need the sign-in that is still valid: it is ended by its own time.
  const effects = unsent(state) === 0 ? [{ type: "sign-out", token } as const] : [];
  return { state: settle(out), effects };
}
