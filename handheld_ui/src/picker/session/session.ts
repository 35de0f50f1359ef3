/**
 * The picker's session: a pure reducer, (state, event) -> (state, effects).
 *
 * The table of screens H1 sign in, H4 home, H6 load, H7 go to, H8 take, H9 put, H11 drop,
 * H12 done with the exceptions X1 short, X6 skip, X9 over-pick, X15 offline. Which screen
 * is shown is derived (`stage.ts`), so it cannot disagree with the list. Nothing here
 * waits, draws, sounds or stores; ops appear in the state and the store follows it.
 */
import { judge } from "../judge";
import { stageOf } from "../stage";
import type { State } from "../state";
import type { Action, Verdict } from "../verdict";
import { askHandBack } from "./answers";
import { command } from "./commands";
import type { Event, Step } from "./events";
import { bind, chosen, counted, drop, loaded, put, shorted, take } from "./picking";
import { enrolled, judged, signedIn, signInEnded, signInFailed, synced } from "./server";
import { answer, quietly, settle, withCursor, withoutNotice } from "./steps";

export type { Button, Effect, Event, Step } from "./events";

export function reduce(state: State, event: Event): Step {
  switch (event.type) {
    case "scan":
      return scanned(state, event.code, event.at);
    case "tap":
      return tapped(state, event);
    case "type":
      return quietly({ ...state, dialog: { kind: "type", what: event.what } });
    case "count":
      return counted(state, event);
    case "reason":
      return shorted(state, event.reason, event.at);
    case "choose":
      return chosen(state, event);
    case "language":
      return quietly({ ...state, language: event.language, languageChosen: true });
    case "dismiss":
      return quietly(withoutNotice(state));
    case "summary-seen":
      return quietly(state.summary === null ? state : { ...state, summary: null, bar: null });
    default:
      return told(state, event);
  }
}

type Told = Exclude<
  Event,
  {
    type: "scan" | "tap" | "type" | "count" | "reason" | "choose" | "language" | "dismiss";
  }
>;

/** Events that come from the server, the store or other windows. */
function told(state: State, event: Told): Step {
  switch (event.type) {
    case "summary-seen":
      return quietly(state);
    case "signed-in":
      return signedIn(state, event);
    case "sign-in-failed":
      return signInFailed(state, event);
    case "enrolled":
      return enrolled(state);
    case "sign-in-ended":
      return signInEnded(state);
    case "link":
      return linked(state, event.online);
    case "synced":
      return synced(state, event);
    case "work-failed":
      return answer({ ...state, asking: false }, "offline", [{ key: "home.offline" }]);
    case "verdicts":
      return judged(state, event.verdicts);
    case "ops":
      return quietly(settle({ ...state, ops: event.ops, nextSeq: event.nextSeq }));
    case "site":
      return quietly({ ...state, site: event.site });
    case "elsewhere":
      return quietly({ ...state, elsewhere: event.elsewhere });
    case "storage-failed":
      return answer(state, "wrong", [{ key: "news.storage" }]);
  }
}

/** The bar keeps what it says: a wrong scan stays until the next right one. */
function linked(state: State, online: boolean): Step {
  if (online === state.online) return quietly(state);
  const signal = online ? "online" : "offline";
  const effects = state.person === null ? [] : [{ type: "signal", signal } as const];
  return { state: { ...state, online }, effects };
}

function scanned(state: State, code: string, at: number): Step {
  if (state.elsewhere) return quietly(state);
  const verdict = judge(state, code);
  const { signal, says, again, action } = verdict;
  if (action === null) return answer(state, signal, says, { again });
  return carryOut(swept(state, action), verdict, action, at);
}

/** A right scan sweeps away what only wanted to be read. */
function swept(state: State, action: Action): State {
  const read = action.do === "command" ? state : withoutNotice(state);
  const kind = state.dialog?.kind;
  const idle = kind === "menu" || kind === "type" || (kind === "sound" && action.do !== "command");
  return idle ? { ...read, dialog: null } : read;
}

function carryOut(state: State, verdict: Verdict, action: Action, at: number): Step {
  const { signal, says, again } = verdict;
  const show = (next: State): Step => answer(next, signal, says, { again });
  switch (action.do) {
    case "badge":
      return show({ ...state, badge: action.badge, dialog: null });
    case "pin":
      return signIn(state, action.pin);
    case "command":
      return command(state, action.command, at);
    case "bind": {
      const bound = bind(state, action, at);
      return answer(settle(bound), loaded(bound) ? "step" : signal, says);
    }
    case "arrive":
      return show(settle(withCursor(state, { stop: action.stop, arrived: true })));
    case "ask-jump":
      return show({ ...state, dialog: { kind: "jump", stop: action.stop } });
    case "take":
      return show(take(state, action, at));
    case "choose": {
      const { code, matches } = action;
      const stage = stageOf(state);
      const there = "stop" in stage ? { stop: stage.stop.id, arrived: true } : {};
      return show({ ...withCursor(state, there), dialog: { kind: "choose", code, matches } });
    }
    case "over":
      return show(withCursor(state, { over: state.cursor.over + action.units }));
    case "put-back":
      return show(withCursor(state, { over: 0 }));
    case "put":
      return show(put(state, at));
    case "drop":
      return drop(state, action.station, at);
    case "count":
      return counted(state, { type: "count", count: action.count });
  }
}

function signIn(state: State, pin: string): Step {
  if (state.badge === null || state.signingIn) return quietly(state);
  const effect = { type: "sign-in", badge: state.badge, pin } as const;
  return { state: { ...state, signingIn: true, dialog: null, bar: null }, effects: [effect] };
}

function tapped(state: State, { button, at }: Extract<Event, { type: "tap" }>): Step {
  switch (button) {
    case "menu":
      return quietly({ ...state, dialog: { kind: "menu" } });
    case "close":
      return closed(state);
    case "hand-back":
      return askHandBack(state);
    case "sign-out":
      return quietly({ ...state, dialog: { kind: "sign-out" } });
    case "louder":
      return { state, effects: [{ type: "signals", louder: true }] };
    case "other-badge":
      return quietly({ ...state, badge: null, dialog: null, bar: null });
    default: {
      // From the menu, a command acts on the screen behind it.
      const free = state.dialog?.kind === "menu" ? { ...state, dialog: null } : state;
      return command(free, button, at);
    }
  }
}

function closed(state: State): Step {
  if (state.elsewhere) return { state, effects: [{ type: "work-here" }] };
  if (state.dialog !== null) return quietly({ ...state, dialog: null });
  return quietly(state.summary === null ? state : { ...state, summary: null, bar: null });
}
