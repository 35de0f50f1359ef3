/** What can happen to a handheld, and what it asks of the world in return. */
import type { ItemMatch, Known } from "../../shared/barcode";
import type { Command } from "../../shared/barcode";
import type { Signal } from "../../shared/feedback";
import type { ShortReason, SyncReply, Verdict } from "../../shared/protocol";
import type { SignedIn } from "../../shared/signed_in";
import type { Recorded, State, Typing } from "../state";
import type { Language } from "../text/languages";

/** Buttons: those that are also command cards, and those that are not. */
export type Button =
  | Command
  | "menu"
  | "close"
  | "hand-back"
  | "sign-out"
  | "louder"
  | "other-badge";

/** `at` is monotonic, in ms: it is used for the time between ops only. */
export type Event =
  | { readonly type: "scan"; readonly code: string; readonly at: number }
  | { readonly type: "tap"; readonly button: Button; readonly at: number }
  | { readonly type: "type"; readonly what: Typing }
  | { readonly type: "count"; readonly count: number }
  | { readonly type: "reason"; readonly reason: ShortReason; readonly at: number }
  | { readonly type: "choose"; readonly match: ItemMatch; readonly at: number }
  | { readonly type: "language"; readonly language: Language }
  /** A notice was tapped away. */
  | { readonly type: "dismiss" }
  /** H12 was shown long enough. */
  | { readonly type: "summary-seen" }
  | { readonly type: "signed-in"; readonly who: SignedIn }
  | {
      readonly type: "sign-in-failed";
      readonly why: "wrong" | "locked" | "no-network" | "not-enrolled" | "bad-code";
    }
  /** A lead has let this device in. */
  | { readonly type: "enrolled" }
  /** The server no longer knows the sign-in. */
  | { readonly type: "sign-in-ended" }
  | { readonly type: "link"; readonly online: boolean }
  | { readonly type: "synced"; readonly reply: SyncReply; readonly wanted: boolean }
  | { readonly type: "work-failed" }
  | { readonly type: "verdicts"; readonly verdicts: readonly Verdict[] }
  /** The store changed the ops: the server was restored, or a new stream began. */
  | { readonly type: "ops"; readonly ops: readonly Recorded[]; readonly nextSeq: number }
  | { readonly type: "site"; readonly site: Known }
  | { readonly type: "elsewhere"; readonly elsewhere: boolean }
  | { readonly type: "storage-failed" };

export type Effect =
  | { readonly type: "signal"; readonly signal: Signal }
  /** Play the main signals with their names, so that the picker knows them. */
  | { readonly type: "signals"; readonly louder: boolean }
  | { readonly type: "sign-in"; readonly badge: string; readonly pin: string }
  | { readonly type: "sign-out"; readonly token: string }
  | { readonly type: "ask-work" }
  | { readonly type: "work-here" };

export interface Step {
  readonly state: State;
  readonly effects: readonly Effect[];
}
