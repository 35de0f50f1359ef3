/**
 * What a code is, recognised without network: known codes first, then prefixes.
 */
import type { Directory } from "./protocol";
import { elements, writtenForms } from "./gs1";

export const COMMANDS = [
  "short",
  "skip",
  "undo",
  "pause",
  "help",
  "done",
  "start",
  "yes",
  "no",
] as const;
/** Command cards hang on the cart: `CMD-SHORT` and so on. */
export type Command = (typeof COMMANDS)[number];

export interface ItemMatch {
  readonly sku: string;
  readonly name: string;
  /** How many units one scan of this code counts. */
  readonly units: number;
}

export type Thing =
  | { readonly kind: "command"; readonly command: Command }
  | { readonly kind: "location"; readonly code: string }
  | { readonly kind: "station"; readonly code: string }
  /** More than one match: the code stands on several items, the picker must choose. */
  | { readonly kind: "item"; readonly code: string; readonly matches: readonly ItemMatch[] }
  | { readonly kind: "tote"; readonly code: string }
  | { readonly kind: "cart"; readonly code: string }
  | { readonly kind: "badge"; readonly code: string }
  | { readonly kind: "slot"; readonly slot: number; readonly label: string }
  | { readonly kind: "unknown"; readonly code: string };

/** Codes that this device knows: the site's directory, and the list where that is newer. */
export interface Known {
  readonly locations: ReadonlySet<string>;
  readonly stations: ReadonlySet<string>;
  readonly items: ReadonlyMap<string, readonly ItemMatch[]>;
  readonly totePrefix: string;
}

export const NOTHING_KNOWN: Known = {
  locations: new Set(),
  stations: new Set(),
  items: new Map(),
  totePrefix: "T-",
};

/** The codes of a site's directory. */
export function knownFrom(directory: Directory): Known {
  return {
    locations: new Set(Object.keys(directory.locations)),
    stations: new Set(Object.keys(directory.stations)),
    items: new Map(
      Object.entries(directory.items).map(([code, matches]) => [
        code,
        matches.map(([sku, name, units]) => ({ sku, name, units })),
      ]),
    ),
    totePrefix: directory.totes,
  };
}

/** Recognise a code. Exactly as scanned first; then in capitals, as people type it small. */
export function identify(code: string, known: Known): Thing {
  const exact = lookUp(code, known) ?? byPrefix(code, known);
  if (exact !== null) return exact;
  const capitals = code.toUpperCase();
  return lookUp(capitals, known) ?? byPrefix(capitals, known) ?? { kind: "unknown", code };
}

function lookUp(code: string, known: Known): Thing | null {
  if (known.locations.has(code)) return { kind: "location", code };
  if (known.stations.has(code)) return { kind: "station", code };
  const matches = known.items.get(code) ?? itemOfProductNumber(code, known);
  return matches === undefined ? null : { kind: "item", code, matches };
}

/** Items by the product number inside a GS1 code, or by another way of writing it. */
function itemOfProductNumber(code: string, known: Known): readonly ItemMatch[] | undefined {
  const number = elements(code)?.get("01") ?? code;
  for (const form of writtenForms(number)) {
    const matches = known.items.get(form);
    if (matches !== undefined) return matches;
  }
  return undefined;
}

function byPrefix(code: string, known: Known): Thing | null {
  if (code.startsWith("CMD-")) {
    const command = COMMANDS.find((word) => `CMD-${word.toUpperCase()}` === code);
    return command === undefined ? null : { kind: "command", command };
  }
  const label = /^SLOT-([A-Z]{1,2})$/.exec(code)?.[1];
  if (label !== undefined) return { kind: "slot", slot: slotOfLabel(label), label };
  if (hasNumber(code, known.totePrefix)) return { kind: "tote", code };
  if (hasNumber(code, "C-")) return { kind: "cart", code };
  if (hasNumber(code, "B-")) return { kind: "badge", code };
  return null;
}

/** A prefix with something after it that ends in a digit: `T-0001`, `C-12`. */
function hasNumber(code: string, prefix: string): boolean {
  return code.startsWith(prefix) && /^[A-Z0-9-]*\d$/.test(code.slice(prefix.length));
}

/** Slots are lettered like columns: A is 0, Z is 25, AA is 26. */
function slotOfLabel(label: string): number {
  return Array.from(label).reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1;
}
