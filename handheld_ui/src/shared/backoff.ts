/**
 * When to try to connect again.
 *
 * The first delay is spread over 3 s: after an access point restarts, 500 handhelds must
 * not come back in one instant. Then it doubles, half more or less, up to 30 s.
 */
export const FIRST_SPREAD_MS = 3000;
export const LONGEST_MS = 30_000;

export class Backoff {
  readonly #random: () => number;
  #base = 0;

  /** `random` gives numbers from 0 to 1. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** Milliseconds until the next try. */
  next(): number {
    if (this.#base === 0) {
      this.#base = 1500;
      return this.#random() * FIRST_SPREAD_MS;
    }
    this.#base = Math.min(this.#base * 2, LONGEST_MS);
    return Math.min(LONGEST_MS, this.#base * (0.5 + this.#random()));
  }

  reset(): void {
    this.#base = 0;
  }
}
