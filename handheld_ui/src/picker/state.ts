/** What the handheld page knows: one plain value, changed only by the reducer. */
import { NOTHING_KNOWN, type ItemMatch, type Known } from "../shared/barcode";
import type { Signal } from "../shared/feedback";
import type { Op, ShortReason, Snapshot, VerdictWord, Waiting } from "../shared/protocol";
import type { SignedIn } from "../shared/signed_in";
import type { Language } from "./text/languages";
import type { Say } from "./text/sentence";

/** An op of this device and the server's answer, null until there is one. */
export interface Recorded {
  readonly op: Op;
  readonly verdict: VerdictWord | null;
}

/** Where the picker stands in the list: all that is not in the snapshot or the ops. */
export interface Cursor {
  readonly list: string | null;
  /** The stop walked to, or stood at once its label was scanned. */
  readonly stop: string | null;
  readonly arrived: boolean;
  /** The task that `taken`, `code`, `over` and `keep` belong to. */
  readonly task: string | null;
  /** Units in hand. */
  readonly taken: number;
  /** The raw scan of the item in hand. */
  readonly code: string | null;
  /** Units scanned beyond what is wanted, not yet put back. */
  readonly over: number;
  /** After a short: how many there are in all, and why not more. */
  readonly keep: { readonly count: number; readonly reason: ShortReason } | null;
  /** Messages of the list that were tapped away. */
  readonly seen: readonly string[];
}

/** The answer to the last scan or tap, shown full width until the next. */
export interface Bar {
  readonly signal: Signal;
  /** The same signal can mean "too many" and "already done": the word says which. */
  readonly again: boolean;
  readonly says: readonly Say[];
}

export type Typing = "badge" | "pin" | "digits" | "code";

export type Dialog =
  | { readonly kind: "menu" }
  | { readonly kind: "sound" }
  | { readonly kind: "type"; readonly what: Typing }
  | { readonly kind: "short-count" }
  | { readonly kind: "short-reason"; readonly count: number }
  | { readonly kind: "jump"; readonly stop: string }
  | { readonly kind: "choose"; readonly code: string; readonly matches: readonly ItemMatch[] }
  | { readonly kind: "undo"; readonly seq: number }
  | { readonly kind: "hand-back" }
  | { readonly kind: "sign-out" }
  | { readonly kind: "pause" };

/** What the server changed: stays until tapped or scanned away. */
export interface Notice {
  readonly id: string;
  readonly says: readonly Say[];
}

/** What H12 shows of a list that is finished. */
export interface Summary {
  readonly number: number;
  readonly stops: number;
  readonly units: number;
  readonly shorts: number;
  readonly length_mm: number;
}

export interface State {
  readonly language: Language;
  /** The picker chose a language at sign-in: it wins over the person's own. */
  readonly languageChosen: boolean;
  readonly person: SignedIn | null;
  /** A badge was read; the PIN is missing. */
  readonly badge: string | null;
  readonly signingIn: boolean;
  readonly online: boolean;
  readonly snapshot: Snapshot | null;
  /** The op up to which the snapshot includes what this device reported. */
  readonly snapshotLast: number;
  readonly ops: readonly Recorded[];
  readonly nextSeq: number;
  /** Monotonic ms of the newest op since the page was loaded. */
  readonly lastOpAt: number | null;
  readonly waiting: Waiting | null;
  readonly asking: boolean;
  readonly cursor: Cursor;
  readonly bar: Bar | null;
  readonly dialog: Dialog | null;
  readonly notices: readonly Notice[];
  readonly summary: Summary | null;
  /** Codes of the site's directory. */
  readonly site: Known;
  /** Another window picks; this one waits. */
  readonly elsewhere: boolean;
}

export const NO_CURSOR: Cursor = {
  list: null,
  stop: null,
  arrived: false,
  task: null,
  taken: 0,
  code: null,
  over: 0,
  keep: null,
  seen: [],
};

export const START: State = {
  language: "en",
  languageChosen: false,
  person: null,
  badge: null,
  signingIn: false,
  online: false,
  snapshot: null,
  snapshotLast: 0,
  ops: [],
  nextSeq: 1,
  lastOpAt: null,
  waiting: null,
  asking: false,
  cursor: NO_CURSOR,
  bar: null,
  dialog: null,
  notices: [],
  summary: null,
  site: NOTHING_KNOWN,
  elsewhere: false,
};

/** Facts that the server has not answered yet. */
export function unsent(state: State): number {
  return state.ops.filter(({ verdict }) => verdict === null).length;
}
