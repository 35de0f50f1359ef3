/**
 * The verdict of a scan: exactly one for each, and it names what was scanned.
 *
 * Pure and local: judged from the list and the site's directory, never from the network.
 * A verdict of `wrong` or `unknown` carries no action, so a wrong scan changes nothing.
 */
import { identify, type Known, type Thing } from "../shared/barcode";
import { readable } from "../shared/scanner";
import { judgeOver, judgeShortCount } from "./judge_dialogs";
import { judgeDrop, judgeGoto, judgeLoad, judgePut, judgeTake } from "./judge_stages";
import { needOf } from "./need";
import { stageOf, type Stage } from "./stage";
import type { Dialog, State } from "./state";
import type { Say } from "./text/sentence";
import { verdict, wrongOrUnknown, type Verdict } from "./verdict";

/** The codes of the site and, where that is newer, of the list in hand. */
export function knownIn(state: State): Known {
  const { snapshot, site } = state;
  if (snapshot === null) return site;
  const items = new Map(site.items);
  for (const { sku, name, codes } of snapshot.tasks) {
    for (const { code, units } of codes) {
      const others = (items.get(code) ?? []).filter((match) => match.sku !== sku);
      const same = (items.get(code) ?? []).filter((m) => m.sku === sku && m.units !== units);
      items.set(code, [{ sku, name, units }, ...same, ...others]);
    }
  }
  return {
    ...site,
    items,
    locations: new Set([...site.locations, ...snapshot.stops.map((stop) => stop.location)]),
    stations: new Set([...site.stations, ...snapshot.drop, snapshot.start]),
  };
}

/** The verdict of one scan in a state. */
export function judge(state: State, code: string): Verdict {
  const stage = stageOf(state);
  if (stage.at === "signin") return judgeSignIn(stage, code);
  const thing = identify(code, knownIn(state));
  if (thing.kind === "command") {
    return verdict("ok", [], { do: "command", command: thing.command });
  }
  if (state.cursor.over > 0) return judgeOver(state, stage, thing, code);
  if (mustBeAnswered(state.dialog)) return judgeAnswer(state, stage, thing, code);
  return judgeAt(stage, thing, code);
}

function judgeAt(stage: Exclude<Stage, { at: "signin" }>, thing: Thing, code: string): Verdict {
  switch (stage.at) {
    case "home":
    case "done":
      return wrongOrUnknown(thing, needOf(stage));
    case "load":
      return judgeLoad(stage, thing);
    case "goto":
      return judgeGoto(stage, thing, code);
    case "take":
      return judgeTake(stage, thing, code);
    case "put":
      return judgePut(stage, thing);
    case "drop":
      return judgeDrop(stage, thing);
  }
}

function judgeSignIn(stage: Extract<Stage, { at: "signin" }>, code: string): Verdict {
  const badge = /^b-[a-z0-9-]{1,30}$/i.test(code) ? code.toUpperCase() : null;
  if (badge !== null) return verdict("ok", [], { do: "badge", badge });
  if (stage.badge !== null && /^\d{4,12}$/.test(code)) {
    return verdict("ok", [], { do: "pin", pin: code });
  }
  if (stage.badge !== null) {
    // What was typed here may be a PIN with a slip: it is never shown.
    return verdict("wrong", [{ key: "need.pin" }], null);
  }
  const seen: Say = { key: "seen.badge-typed", with: { code: readable(code) } };
  return verdict("unknown", [seen, { key: "need.badge" }], null);
}

/** Questions that a scan does not sweep away. */
function mustBeAnswered(dialog: Dialog | null): boolean {
  if (dialog === null) return false;
  return !["menu", "sound", "type"].includes(dialog.kind);
}

function judgeAnswer(state: State, stage: Stage, thing: Thing, code: string): Verdict {
  if (state.dialog?.kind === "short-count") return judgeShortCount(stage, thing, code);
  const paused = state.dialog?.kind === "pause";
  return wrongOrUnknown(thing, { key: paused ? "need.continue" : "need.answer" });
}
