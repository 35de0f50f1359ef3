import { expect, test } from "vitest";

import { reduce } from "../../src/picker/session/session";
import { FIRST_TASK, loaded, REST, withList } from "./fixture";

/** Mulberry32: small, seeded, good enough to mix scans. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const KNOWN = [
  ...["A-12-03", "A-12-04", "A-14-01", "B-02-02", "417", "902", "335", "start-1", "pack-1"],
  ...["pack-2", "CUP-R", "CUP-B", "PLATE", "SPOON", "CUP-R-6", "4006381333931", "T-0001"],
  ...["T-0002", "T-0077", "SLOT-A", "SLOT-B", "SLOT-H", "C-12", "B-2001", "CMD-SHORT"],
  ...["CMD-SKIP", "CMD-UNDO", "CMD-PAUSE", "CMD-HELP", "CMD-DONE", "CMD-START", "CMD-YES"],
  ...["CMD-NO", "CMD-NONSENSE", "0", "1", "2", "3"],
];
const HOSTILE = [
  "]C10104006381333931",
  "\u202egnp.exe",
  "<img src=x onerror=alert(1)>",
  "'; DROP TABLE op; --",
  "=HYPERLINK(1)",
  "https://example.com/",
  "javascript:alert(1)",
  "😀",
  "constructor",
  "__proto__",
  "toString",
  "9".repeat(128),
  "А-12-03", // a Cyrillic A
];

function randomText(next: () => number): string {
  const length = 1 + Math.floor(next() * 24);
  return Array.from({ length }, () => String.fromCharCode(32 + Math.floor(next() * 400))).join("");
}

test("10,000 random scans give 10,000 verdicts, and wrong ones change nothing", () => {
  const next = random(20_261_122);
  const pick = (from: readonly string[]): string => from[Math.floor(next() * from.length)] ?? "";
  const walk = ["T-0001", "T-0002", ...FIRST_TASK, ...REST, "pack-1"];
  const counts = new Map<string, number>();
  let { state } = withList();
  const fresh = state;
  let right = 0;
  for (let at = 1; at <= 10_000; at += 1) {
    const dice = next();
    // Some right steps, so that every screen is visited again and again.
    const code =
      dice < 0.15 ? (walk[right % walk.length] ?? "")
      : dice < 0.75 ? pick(KNOWN)
      : dice < 0.85 ? pick(HOSTILE)
      : randomText(next);
    const step = reduce(state, { type: "scan", code, at: at * 100 });
    const signals = step.effects.filter(({ type }) => type === "signal");
    const asked = step.effects.some(({ type }) => type === "ask-work" || type === "signals");
    const questions = step.state.dialog !== state.dialog || step.state.summary !== state.summary;
    // Exactly one answer: a signal with its bar, or the question or screen it opened.
    expect(signals.length, code).toBeLessThanOrEqual(1);
    expect(signals.length === 1 || asked || questions, `${code} got no answer`).toBe(true);
    const signal = signals[0]?.type === "signal" ? signals[0].signal : "question";
    if (signal === "wrong" || signal === "unknown") {
      expect(step.state, code).toEqual({ ...state, bar: step.state.bar });
      expect(step.state.bar?.says.length, code).toBeGreaterThan(0);
    }
    counts.set(signal, (counts.get(signal) ?? 0) + 1);
    state = step.state;
    right = dice < 0.15 ? right + 1 : right;
    if (at % 97 === 0 || state.summary !== null || state.snapshot === null) {
      state = fresh;
      right = 0;
    }
  }
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(10_000);
  for (const signal of ["ok", "step", "line", "wrong", "unknown", "extra", "question"]) {
    expect(counts.get(signal), signal).toBeGreaterThan(5);
  }
});

test("a location scan never confirms an item", () => {
  const handheld = loaded().scan("A-12-03", "A-12-03", "417");
  expect(handheld.state.cursor.taken).toBe(0);
});

test("codes are judged alike whether typed small or scanned", () => {
  expect(loaded().scan("a-12-03").stage.at).toBe("take");
});

test("a product number is known in each way of writing it, also inside a GS1 code", () => {
  const at = loaded().scan("A-12-03");
  expect(at.scan("04006381333931").bar).toBe("ok | 1 of 3 Red cup");
  expect(at.scan("]C1010400638133393110LOT7").bar).toBe("ok | 2 of 3 Red cup");
});
