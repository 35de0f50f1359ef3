/** What the server tells: snapshots, verdicts, the end of a sign-in. */
import type { Snapshot, Verdict } from "../../shared/protocol";
import { viewOfState } from "../stage";
import type { Notice, State } from "../state";
import { languageOf } from "../text/languages";
import { atHand } from "../view";
import type { Effect, Event, Step } from "./events";
import { recallNotice, saysOf, whatOf, whyOf } from "./news";
import { answer, holdsGoods, notify, quietly, settle } from "./steps";

export function signedIn(state: State, { who }: Extract<Event, { type: "signed-in" }>): Step {
  const language = state.languageChosen ? state.language : languageOf(who.person.language);
  const dialog = { kind: "sound" } as const;
  const known: State = {
    ...state,
    language,
    person: who,
    badge: null,
    signingIn: false,
    dialog,
    online: true,
  };
  const hello = { key: "signin.hello", with: { name: who.person.name } } as const;
  const { state: greeted } = answer(known, "step", [hello]);
  return { state: greeted, effects: [{ type: "signals", louder: false }] };
}

export function signInFailed(
  state: State,
  { why }: Extract<Event, { type: "sign-in-failed" }>,
): Step {
  const again = { ...state, signingIn: false, badge: why === "no-network" ? state.badge : null };
  return answer(again, why === "no-network" ? "offline" : "wrong", [{ key: `signin.${why}` }]);
}

export function enrolled(state: State): Step {
  return answer(state, "step", [{ key: "signin.enrolled" }]);
}

/** The sign-in is no longer valid: facts and list stay here until somebody signs in. */
export function signInEnded(state: State): Step {
  if (state.person === null) return quietly(state);
  const out = { ...state, person: null, badge: null, dialog: null, asking: false };
  return answer(out, "news", [{ key: "signin.ended" }]);
}

export function synced(state: State, event: Extract<Event, { type: "synced" }>): Step {
  const { reply, wanted } = event;
  const hadWork = (state.waiting?.lists ?? 0) > 0;
  const base: State = {
    ...state,
    waiting: reply.waiting,
    asking: state.asking && !wanted,
    // "same" is said of the snapshot with the own facts since: they stay on top of it.
    snapshotLast: reply.list === "same" ? state.snapshotLast : reply.last,
  };
  if (reply.list === "same") return quietly(settle(base));
  // Judged before the own ops count as told: a list closed here was not taken away.
  const taken = recalled(state) ? recallNotice(state.snapshot) : null;
  const next = reply.list === null ? withoutList(base, taken) : withList(base, reply.list, taken);
  const effects: Effect[] =
    next.notices.length > state.notices.length ? [{ type: "signal", signal: "news" }] : [];
  if (reply.list !== null) {
    const fresh = state.snapshot === null && wanted;
    return {
      state: fresh ? { ...next, bar: null } : next,
      effects: fresh ? [{ type: "signal", signal: "step" }, ...effects] : effects,
    };
  }
  if (wanted) return answer(next, "news", [{ key: "home.nothing" }, { key: "home.call" }]);
  const called = !hadWork && (reply.waiting?.lists ?? 0) > 0 && state.waiting !== null;
  const idle = next.summary === null && next.person !== null;
  if (called && idle) return answer(next, "news", [{ key: "home.new-work" }]);
  return { state: next, effects };
}

function withoutList(state: State, taken: Notice | null): State {
  const gone = settle({ ...state, snapshot: null, ops: atHand(state.ops, null) });
  // What the bar said was about the list that is gone.
  return taken === null ? gone : notify({ ...gone, bar: null, dialog: null }, taken);
}

function withList(state: State, list: Snapshot, taken: Notice | null): State {
  const other = state.snapshot !== null && state.snapshot.list !== list.list;
  let next: State = { ...state, snapshot: list, ops: atHand(state.ops, list.list) };
  if (other) next = { ...next, summary: null, dialog: null };
  const inHand = holdsGoods(state);
  next = settle(next);
  const putBack = inHand && !holdsGoods(next);
  // What the bar counted is no longer wanted.
  if (putBack) next = { ...next, bar: null };
  if (other && taken !== null) next = notify(next, taken);
  for (const message of list.messages) {
    if (next.cursor.seen.includes(message.id)) continue;
    const says = saysOf(message, list);
    next = notify(next, {
      id: message.id,
      says: putBack ? [...says, { key: "need.put-hand-back" }] : says,
    });
  }
  return next;
}

/** Whether the list was taken away before this device closed it. */
function recalled(state: State): boolean {
  const view = viewOfState(state);
  return view !== null && view.closed === null;
}

export function judged(state: State, verdicts: readonly Verdict[]): Step {
  const bySeq = new Map(verdicts.map((verdict) => [verdict[0], verdict]));
  const ops = state.ops.map((each) => {
    const found = bySeq.get(each.op.seq);
    return found === undefined ? each : { ...each, verdict: found[1] };
  });
  let next: State = { ...state, ops };
  for (const { op } of state.ops) {
    const found = bySeq.get(op.seq);
    if (found === undefined || found[1] === "applied") continue;
    next = notify(next, {
      id: `verdict-${op.seq}`,
      says: [
        { key: `news.${found[1]}` },
        whatOf(op, state.snapshot),
        whyOf(found[2]),
      ],
    });
  }
  const told = next.notices.length > state.notices.length;
  return { state: settle(next), effects: told ? [{ type: "signal", signal: "news" }] : [] };
}
