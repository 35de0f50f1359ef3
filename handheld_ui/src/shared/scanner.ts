/**
 * Reader for keyboard-wedge scanners, at document level.
 *
 * A code ends with Enter or Tab. Where a scanner sends no terminator, silence ends it.
 * No field needs focus; Enter and Tab never reach a control, so the trigger cannot
 * press a button; nothing is dropped, whatever the speed.
 */

/** Longest code taken over; the rest of a longer one is read and thrown away. */
export const LONGEST_CODE = 128;
/** Silence that ends a code a machine typed. A guess, to be measured per device. */
export const SILENCE_MS = 500;
/** Silence that ends a code a person typed: people look for keys. */
export const SILENCE_OF_PEOPLE_MS = 4000;
/** Mean gap between keys above which a person types. Wedges send a key every 1 to 20 ms. */
const PERSON_GAP_MS = 60;

/** The group separator of GS1, which scanners type as Control and a bracket. */
export const GROUP_SEPARATOR = "\x1d";

/** What is needed of a `KeyboardEvent`. */
export interface Key {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly altKey: boolean;
  readonly metaKey: boolean;
  readonly timeStamp: number;
  preventDefault(): void;
  stopPropagation(): void;
}

export interface ScannerEvents {
  /** A whole code, cleaned of control characters and at most {@link LONGEST_CODE} long. */
  code(code: string): void;
  /** What a person has typed so far, for an echo on the screen; empty when it ended. */
  typing?(partial: string): void;
}

/** A code as data: without control characters (GS1 separators stay), capped. */
export function cleaned(raw: string): string {
  // eslint-disable-next-line no-control-regex -- removing them is the point
  return raw.replace(/[\x00-\x1c\x1e\x1f\x7f-\x9f]/g, "").slice(0, LONGEST_CODE);
}

/** A code for people to read: also without GS1 separators and text-direction marks. */
export function readable(code: string): string {
  // eslint-disable-next-line no-control-regex -- the separator is one of them
  return cleaned(code).replace(/[\x1d\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "");
}

export class Scanner {
  readonly #events: ScannerEvents;
  #buffer = "";
  #keys = 0;
  #firstAt = 0;
  #lastAt = 0;
  #silence: ReturnType<typeof setTimeout> | undefined;

  constructor(events: ScannerEvents) {
    this.#events = events;
  }

  /** Listen on the document; returns how to stop. */
  attach(target: EventTarget): () => void {
    const listen = (event: Event): void => {
      this.key(event as KeyboardEvent);
    };
    // Capturing: before any control sees the key.
    target.addEventListener("keydown", listen, true);
    return () => {
      target.removeEventListener("keydown", listen, true);
      clearTimeout(this.#silence);
    };
  }

  /** Take one key press. */
  key(event: Key): void {
    if (event.key === "Enter" || event.key === "Tab") {
      event.preventDefault();
      event.stopPropagation();
      this.#end();
      return;
    }
    const character = characterOf(event);
    if (character === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.#add(character, event.timeStamp);
  }

  #add(character: string, at: number): void {
    if (this.#keys === 0) this.#firstAt = at;
    this.#keys += 1;
    this.#lastAt = at;
    if (this.#buffer.length < LONGEST_CODE) this.#buffer += character;
    const byPerson = this.#typedByPerson();
    if (byPerson) this.#events.typing?.(this.#buffer);
    clearTimeout(this.#silence);
    this.#silence = setTimeout(
      () => {
        this.#end();
      },
      byPerson ? SILENCE_OF_PEOPLE_MS : SILENCE_MS,
    );
  }

  #typedByPerson(): boolean {
    if (this.#keys < 2) return true;
    return (this.#lastAt - this.#firstAt) / (this.#keys - 1) > PERSON_GAP_MS;
  }

  #end(): void {
    clearTimeout(this.#silence);
    const code = cleaned(this.#buffer).trim();
    this.#buffer = "";
    this.#keys = 0;
    this.#events.typing?.("");
    if (code !== "") this.#events.code(code);
  }
}

/** The character a key press adds to a code, or null for keys that add none. */
function characterOf(event: Key): string | null {
  if (event.ctrlKey && event.key === "]") return GROUP_SEPARATOR;
  if (event.ctrlKey || event.altKey || event.metaKey) {
    // AltGr, with which some layouts type letters and brackets, is Control and Alt.
    return event.ctrlKey && event.altKey && event.key.length === 1 ? event.key : null;
  }
  return Array.from(event.key).length === 1 ? event.key : null;
}
