/** Hostile scans, the same that the server is tested with: no pick, no navigation, no exception. */
import { readFileSync } from "node:fs";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { enrolmentCode } from "../../src/picker/enrolment";
import { reduce } from "../../src/picker/session/session";
import { identify, NOTHING_KNOWN } from "../../src/shared/barcode";
import { cleaned, LONGEST_CODE, Scanner, SILENCE_MS } from "../../src/shared/scanner";
import { loaded } from "./fixture";

const SCANS = JSON.parse(
  readFileSync(new URL("../../protocol/hostile_scans.json", import.meta.url), "utf8"),
) as string[];

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("there are more than 200 of them", () => {
  expect(SCANS.length).toBeGreaterThan(200);
});

test("what the scanner hands on is short and has no control characters", () => {
  for (const scan of SCANS) {
    const code = cleaned(scan);
    expect(Array.from(code).length).toBeLessThanOrEqual(LONGEST_CODE);
    // The group separator belongs to GS1; it is the only control character that may stay.
    // eslint-disable-next-line no-control-regex
    expect(code.replaceAll("\x1d", "")).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
  }
});

test("typed by a wedge, they reach the page as codes only and press no shortcut", () => {
  const codes: string[] = [];
  const scanner = new Scanner({ code: (code) => codes.push(code), typing: () => undefined });
  let now = 0;
  for (const scan of SCANS) {
    for (const key of [...Array.from(scan), "Enter"]) {
      now += 4;
      scanner.key({
        ...{ key, ctrlKey: false, altKey: false, metaKey: false, timeStamp: now },
        preventDefault: () => undefined,
        stopPropagation: () => undefined,
      });
    }
    now += SILENCE_MS * 20;
    vi.advanceTimersByTime(SILENCE_MS * 20);
  }
  for (const code of codes) expect(Array.from(code).length).toBeLessThanOrEqual(LONGEST_CODE);
});

test("none of them is an item, a place or a code that lets a device in", () => {
  for (const scan of SCANS) {
    const { kind } = identify(cleaned(scan), NOTHING_KNOWN);
    expect(["unknown", "badge", "tote", "cart", "slot", "command", "item"]).toContain(kind);
    expect(enrolmentCode(scan)).toBeNull();
  }
});

test("in the middle of a list none of them picks anything or leaves the page", () => {
  const left = vi.fn();
  vi.stubGlobal("location", { assign: left, replace: left, reload: left });
  const before = loaded().state;
  let state = before;
  let at = 0;
  for (const scan of SCANS) {
    at += 1;
    ({ state } = reduce(state, { type: "scan", code: cleaned(scan), at }));
    expect(state.ops.filter(({ op }) => op.kind === "pick")).toEqual(
      before.ops.filter(({ op }) => op.kind === "pick"),
    );
  }
  expect(left).not.toHaveBeenCalled();
});
