/** What a scan is answered with, and the sentences that name things. */
import type { Command, ItemMatch, Thing } from "../shared/barcode";
import type { Signal } from "../shared/feedback";
import { readable } from "../shared/scanner";
import type { Bar } from "./state";
import type { Say } from "./text/sentence";

/** What a right scan does; the reducer carries it out. */
export type Action =
  | { readonly do: "badge"; readonly badge: string }
  | { readonly do: "pin"; readonly pin: string }
  | { readonly do: "command"; readonly command: Command }
  | { readonly do: "bind"; readonly slot: number; readonly tote: string }
  | { readonly do: "arrive"; readonly stop: string }
  | { readonly do: "ask-jump"; readonly stop: string }
  | {
      readonly do: "take";
      readonly stop: string;
      readonly task: string;
      readonly units: number;
      readonly code: string;
    }
  | { readonly do: "choose"; readonly code: string; readonly matches: readonly ItemMatch[] }
  | { readonly do: "over"; readonly units: number }
  | { readonly do: "put-back" }
  | { readonly do: "put" }
  | { readonly do: "drop"; readonly station: string }
  | { readonly do: "count"; readonly count: number };

export interface Verdict extends Bar {
  readonly action: Action | null;
}

export function verdict(signal: Signal, says: readonly Say[], action: Action | null): Verdict {
  return { signal, says, action, again: false };
}

/** "Already done": nothing is wrong and nothing changes. */
export function again(says: readonly Say[]): Verdict {
  return { signal: "extra", says, action: null, again: true };
}

/** A known thing, but not this one. */
export function wrong(seen: Say, need: Say): Verdict {
  return verdict("wrong", [seen, need], null);
}

/** Names the thing and says what is wanted: `unknown` for codes nobody knows, else `wrong`. */
export function wrongOrUnknown(thing: Thing, need: Say): Verdict {
  return thing.kind === "unknown"
    ? verdict("unknown", [seenAs(thing), need], null)
    : wrong(seenAs(thing), need);
}

/** The sentence that names a scanned thing. */
export function seenAs(thing: Thing): Say {
  switch (thing.kind) {
    case "unknown":
      return { key: "seen.unknown", with: { code: readable(thing.code) } };
    case "item":
      return { key: "seen.item", with: { name: names(thing.matches) } };
    case "location":
      return { key: "seen.location", with: { code: thing.code } };
    case "station":
      return { key: "seen.station", with: { code: thing.code } };
    case "tote":
      return { key: "seen.tote", with: { code: thing.code } };
    case "slot":
      return { key: "seen.slot", with: { slot: thing.label } };
    case "cart":
      return { key: "seen.cart", with: { code: thing.code } };
    case "badge":
      return { key: "seen.badge" };
    case "command":
      return { key: "seen.command", with: { command: thing.command.toUpperCase() } };
  }
}

function names(matches: readonly ItemMatch[]): string {
  return [...new Set(matches.map((match) => match.name))].join(" / ");
}
