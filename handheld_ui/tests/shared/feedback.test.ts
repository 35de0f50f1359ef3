import { expect, test } from "vitest";

import { Feedback, PATTERNS, SIGNALS, type Output, type Tone } from "../../src/shared/feedback";

/** A device that remembers what it was told. */
class Record implements Output {
  readonly played: (readonly Tone[])[] = [];
  readonly vibrated: (readonly number[])[] = [];

  play(tones: readonly Tone[]): void {
    this.played.push(tones);
  }

  vibrate(pattern: readonly number[]): void {
    this.vibrated.push(pattern);
  }
}

test.each(SIGNALS)("%s plays its own pattern once", (signal) => {
  const device = new Record();
  new Feedback(device).give(signal);
  expect(device.played).toEqual([PATTERNS[signal].tones]);
  const { vibration } = PATTERNS[signal];
  expect(device.vibrated).toEqual(vibration.length === 0 ? [] : [vibration]);
});

test("no two signals have the same rhythm and pitch", () => {
  const heard = SIGNALS.map((signal) =>
    JSON.stringify(PATTERNS[signal].tones.map(({ hertz, ms }) => [hertz, ms])),
  );
  expect(new Set(heard).size).toBe(SIGNALS.length);
});

test("wrong and right differ in rhythm alone: two long against one short", () => {
  expect(PATTERNS.wrong.tones.map(({ ms }) => ms)).toEqual([250, 250]);
  expect(PATTERNS.ok.tones.map(({ ms }) => ms)).toEqual([60]);
  expect(PATTERNS.wrong.vibration).toEqual([250, 100, 250]);
});
