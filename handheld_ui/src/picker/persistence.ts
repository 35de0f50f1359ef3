/** Between the state and the store: what an event changed, and the state a page starts with. */
import { knownFrom, NOTHING_KNOWN } from "../shared/barcode";
import { directory as directoryShape } from "../shared/protocol";
import { hashOf } from "./api";
import { START, type State } from "./state";
import type { Change, Saved } from "./store";
import { languageOf } from "./text/languages";

/** The rows of the store that an event changed. */
export function changed(before: State, after: State): Change {
  const change: { -readonly [K in keyof Change]: Change[K] } = {};
  if (after.person !== before.person) change.person = after.person;
  if (after.language !== before.language) change.language = after.language;
  if (after.cursor !== before.cursor) change.cursor = after.cursor;
  if (after.nextSeq !== before.nextSeq) change.nextSeq = after.nextSeq;
  if (after.snapshot !== before.snapshot || after.snapshotLast !== before.snapshotLast) {
    const { snapshot, snapshotLast: last } = after;
    change.held = snapshot === null ? null : { snapshot, last };
  }
  return change;
}

/** The state in which the page was left. */
export function restored(saved: Saved): State {
  const { held, directory } = saved;
  return {
    ...START,
    language: saved.language ?? languageOf(navigator.language),
    person: saved.person ?? null,
    snapshot: held?.snapshot ?? null,
    snapshotLast: held?.last ?? 0,
    cursor: saved.cursor ?? START.cursor,
    ops: saved.ops,
    nextSeq: saved.nextSeq,
    site: hashOf(directory) === "" ? NOTHING_KNOWN : knownFrom(directoryShape(directory)),
  };
}
