/** Buttons and command cards: each step can be confirmed either way. */
import type { Command } from "../../shared/barcode";
import { shortBounds } from "../judge_dialogs";
import { needOf } from "../need";
import { stageOf } from "../stage";
import type { State } from "../state";
import { openStops, openTasks } from "../view";
import { decide, useless } from "./answers";
import type { Step } from "./events";
import { finish } from "./picking";
import { answer, EMPTY_HANDS, holdsGoods, quietly, record, settle, withCursor } from "./steps";
import { askUndo } from "./undo";

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
