/**
 * Turns any number of hints into few reads: at most one read in flight, none sooner than
 * `minGapMs` after the last began, and never a hint lost - a hint during a read leads to one more.
 */

export interface Timers {
  now(): number;
  set(callback: () => void, ms: number): number;
  clear(timer: number): void;
}

export const browserTimers: Timers = {
  now: () => performance.now(),
  set: (callback, ms) => window.setTimeout(callback, ms),
  clear: (timer) => {
    window.clearTimeout(timer);
  },
};

export interface Refresher {
  /** Something may have changed: read as soon as the gap allows. */
  poke(): void;
  /** No further reads; a read under way is left to end. */
  stop(): void;
}

export function createRefresher(
  read: () => Promise<void>,
  minGapMs: number,
  timers: Timers = browserTimers,
): Refresher {
  let begunAt = Number.NEGATIVE_INFINITY;
  let reading = false;
  let wanted = false;
  let timer: number | null = null;
  let stopped = false;

  function begin(): void {
    timer = null;
    wanted = false;
    reading = true;
    begunAt = timers.now();
    void read().finally(() => {
      reading = false;
      if (wanted) schedule();
    });
  }

  function schedule(): void {
    if (stopped || timer !== null) return;
    const wait = begunAt + minGapMs - timers.now();
    if (wait <= 0) begin();
    else timer = timers.set(begin, wait);
  }

  return {
    poke() {
      if (stopped) return;
      if (reading) wanted = true;
      else schedule();
    },
    stop() {
      stopped = true;
      wanted = false;
      if (timer !== null) timers.clear(timer);
      timer = null;
    },
  };
}
