/**
 * The language of signals: rhythm first, then pitch; vibration; colour with icon and word.
 *
 * Deaf pickers lose nothing (the same is shown), nor do colour-blind ones (shape and word
 * differ). The table is the product's specification C1.
 */

export const SIGNALS = [
  "ok",
  "step",
  "line",
  "list",
  "wrong",
  "unknown",
  "extra",
  "news",
  "offline",
  "online",
] as const;
export type Signal = (typeof SIGNALS)[number];

/** A tone: pitch in hertz (a second pitch glides), how long, and the pause after it. */
export interface Tone {
  readonly hertz: number;
  readonly toHertz?: number;
  readonly ms: number;
  readonly pauseMs: number;
  /** Buzzes are square: they are heard beside machines. */
  readonly shape: "sine" | "triangle" | "square";
}

export interface Pattern {
  readonly tones: readonly Tone[];
  /** On, off, on… in ms; empty: none. */
  readonly vibration: readonly number[];
}

const HIGH = 1568;
const MIDDLE = 784;
const LOW = 196;

function rising(...steps: readonly (readonly [hertz: number, ms: number])[]): Tone[] {
  return steps.map(([hertz, ms]) => ({ hertz, ms, pauseMs: 30, shape: "triangle" }));
}

function buzz(ms: number): Tone {
  return { hertz: LOW, ms, pauseMs: 90, shape: "square" };
}

export const PATTERNS: Readonly<Record<Signal, Pattern>> = {
  ok: { tones: rising([HIGH, 60]), vibration: [30] },
  step: { tones: rising([1047, 70], [HIGH, 70]), vibration: [60] },
  line: { tones: rising([1047, 70], [1319, 70], [HIGH, 70]), vibration: [60, 40, 60] },
  list: {
    tones: rising([1047, 80], [1319, 80], [HIGH, 80], [2093, 260]),
    vibration: [80, 40, 80, 40, 160],
  },
  wrong: { tones: [buzz(250), buzz(250)], vibration: [250, 100, 250] },
  unknown: { tones: [buzz(250)], vibration: [300] },
  extra: {
    tones: [
      { hertz: MIDDLE, ms: 70, pauseMs: 50, shape: "triangle" },
      { hertz: LOW, ms: 260, pauseMs: 0, shape: "square" },
    ],
    vibration: [80, 60, 200],
  },
  news: {
    tones: [1, 2, 3].map(() => ({ hertz: MIDDLE, ms: 110, pauseMs: 90, shape: "triangle" })),
    vibration: [100, 80, 100, 80, 100],
  },
  offline: {
    tones: [{ hertz: 660, toHertz: 330, ms: 280, pauseMs: 0, shape: "sine" }],
    vibration: [],
  },
  online: {
    tones: [{ hertz: 330, toHertz: 660, ms: 280, pauseMs: 0, shape: "sine" }],
    vibration: [],
  },
};

/** Where signals come out: the device, or a record in tests. */
export interface Output {
  play(tones: readonly Tone[]): void;
  vibrate(pattern: readonly number[]): void;
}

export class Feedback {
  readonly #output: Output;

  constructor(output: Output) {
    this.#output = output;
  }

  give(signal: Signal): void {
    const { tones, vibration } = PATTERNS[signal];
    this.#output.play(tones);
    if (vibration.length > 0) this.#output.vibrate(vibration);
  }
}
