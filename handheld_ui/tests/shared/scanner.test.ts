import { afterEach, beforeEach, expect, test, vi } from "vitest";

import {
  cleaned,
  GROUP_SEPARATOR,
  readable,
  Scanner,
  SILENCE_MS,
  SILENCE_OF_PEOPLE_MS,
  type Key,
} from "../../src/shared/scanner";

let codes: string[];
let echo: string[];
let scanner: Scanner;
let now: number;

beforeEach(() => {
  vi.useFakeTimers();
  codes = [];
  echo = [];
  now = 0;
  scanner = new Scanner({ code: (code) => codes.push(code), typing: (text) => echo.push(text) });
});

afterEach(() => {
  vi.useRealTimers();
});

function key(name: string, over: Partial<Key> = {}): Key & { stopped: boolean } {
  const event = {
    key: name,
    ctrlKey: false,
    altKey: false,
    metaKey: false,
    timeStamp: now,
    stopped: false,
    preventDefault: () => {
      event.stopped = true;
    },
    stopPropagation: () => undefined,
    ...over,
  };
  return event;
}

/** Keys of a code, `gap` ms apart. */
function type(text: string, gap = 4): void {
  for (const character of Array.from(text)) {
    scanner.key(key(character));
    now += gap;
    vi.advanceTimersByTime(gap);
  }
}

function scan(code: string, end = "Enter"): void {
  type(code);
  scanner.key(key(end));
}

test("ten codes in two seconds are ten codes in order", () => {
  const sent = Array.from({ length: 10 }, (_nothing, index) => `50123456789${index}`);
  for (const code of sent) {
    scan(code);
    now += 150;
    vi.advanceTimersByTime(150);
  }
  expect(codes).toEqual(sent);
});

test("Tab ends a code as Enter does, and neither reaches a control", () => {
  for (const end of ["Enter", "Tab"]) {
    type("T-0001");
    const pressed = key(end);
    scanner.key(pressed);
    expect(pressed.stopped).toBe(true);
  }
  expect(codes).toEqual(["T-0001", "T-0001"]);
});

test("an Enter alone presses nothing and is no code", () => {
  const pressed = key("Enter");
  scanner.key(pressed);
  expect(pressed.stopped).toBe(true);
  expect(codes).toEqual([]);
});

test("without a terminator silence ends a machine's code", () => {
  type("A-12-03");
  vi.advanceTimersByTime(SILENCE_MS - 10);
  expect(codes).toEqual([]);
  vi.advanceTimersByTime(10);
  expect(codes).toEqual(["A-12-03"]);
});

test("a code that is held up in the middle stays one code", () => {
  type("A-12");
  now += SILENCE_MS - 50;
  vi.advanceTimersByTime(SILENCE_MS - 50);
  type("-03");
  scanner.key(key("Enter"));
  expect(codes).toEqual(["A-12-03"]);
});

test("a person may look for keys, and sees what is typed so far", () => {
  type("B-2001", 900);
  expect(codes).toEqual([]);
  expect(echo.at(-1)).toBe("B-2001");
  vi.advanceTimersByTime(SILENCE_OF_PEOPLE_MS);
  expect(codes).toEqual(["B-2001"]);
  expect(echo.at(-1)).toBe("");
});

test("two scans give two codes, never a joined one", () => {
  type("T-0001");
  vi.advanceTimersByTime(SILENCE_MS);
  scan("T-0002");
  expect(codes).toEqual(["T-0001", "T-0002"]);
});

test("keys that type nothing are left to the browser", () => {
  for (const name of ["Shift", "F5", "ArrowDown", "Backspace", "Dead", "AltGraph"]) {
    const pressed = key(name);
    scanner.key(pressed);
    expect(pressed.stopped, name).toBe(false);
  }
  const shortcut = key("r", { ctrlKey: true });
  scanner.key(shortcut);
  expect(shortcut.stopped).toBe(false);
  scan("A1");
  expect(codes).toEqual(["A1"]);
});

test("layouts: characters come as the layout types them, also with AltGr", () => {
  // A German layout types a bracket with AltGr, which is Control and Alt.
  scanner.key(key("[", { ctrlKey: true, altKey: true }));
  scan("Ñ-ß_é/1");
  expect(codes).toEqual(["[Ñ-ß_é/1"]);
});

test("the group separator of GS1 comes as Control and a bracket", () => {
  type("10LOT");
  scanner.key(key("]", { ctrlKey: true }));
  scan("17261231");
  expect(codes).toEqual([`10LOT${GROUP_SEPARATOR}17261231`]);
});

test("a giant code is cut, and the next one is whole", () => {
  scan("9".repeat(4296));
  scan("T-0001");
  expect(codes).toEqual(["9".repeat(128), "T-0001"]);
});

test("control characters and text-direction marks are no part of what is read", () => {
  expect(cleaned("A\x00B\x1bC\x85D\nE")).toBe("ABCDE");
  expect(readable("A\u202eB\x1dC\u200b")).toBe("ABC");
});
