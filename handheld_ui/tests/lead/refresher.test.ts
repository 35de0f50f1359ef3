import { expect, test } from "vitest";

import { createRefresher, type Timers } from "../../src/lead/state/refresher";

/** A clock that is moved by hand. */
class HandClock implements Timers {
  time = 0;
  #due: { at: number; callback: () => void; id: number }[] = [];
  #ids = 0;

  now = (): number => this.time;
  set = (callback: () => void, ms: number): number => {
    this.#ids += 1;
    this.#due.push({ at: this.time + ms, callback, id: this.#ids });
    return this.#ids;
  };
  clear = (timer: number): void => {
    this.#due = this.#due.filter((entry) => entry.id !== timer);
  };
  async pass(ms: number): Promise<void> {
    this.time += ms;
    const due = this.#due.filter((entry) => entry.at <= this.time);
    this.#due = this.#due.filter((entry) => entry.at > this.time);
    for (const entry of due) entry.callback();
    await settled();
  }
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

/** A read whose end the test decides. */
function slowRead() {
  const ends: (() => void)[] = [];
  return { read: () => new Promise<void>((resolve) => ends.push(resolve)), ends };
}

test("the first poke reads at once, a storm of others once more after the gap", async () => {
  const clock = new HandClock();
  let reads = 0;
  const refresher = createRefresher(() => Promise.resolve(void (reads += 1)), 500, clock);
  refresher.poke();
  await settled();
  expect(reads).toBe(1);
  for (let poke = 0; poke < 100; poke += 1) refresher.poke();
  await clock.pass(499);
  expect(reads).toBe(1);
  await clock.pass(1);
  expect(reads).toBe(2);
  await clock.pass(5_000);
  expect(reads).toBe(2);
});

test("a poke during a read is not lost: what it announced may have come too late for that read", async () => {
  const clock = new HandClock();
  const { read, ends } = slowRead();
  const refresher = createRefresher(read, 500, clock);
  refresher.poke();
  refresher.poke();
  await clock.pass(2_000);
  expect(ends).toHaveLength(1);
  ends[0]?.();
  await settled();
  expect(ends).toHaveLength(2);
});

test("two reads are never under way at once", async () => {
  const clock = new HandClock();
  const { read, ends } = slowRead();
  const refresher = createRefresher(read, 100, clock);
  for (let poke = 0; poke < 5; poke += 1) {
    refresher.poke();
    await clock.pass(1_000);
  }
  expect(ends).toHaveLength(1);
});

test("nothing is read after the end, not even what was already due", async () => {
  const clock = new HandClock();
  let reads = 0;
  const refresher = createRefresher(() => Promise.resolve(void (reads += 1)), 500, clock);
  refresher.poke();
  await settled();
  refresher.poke();
  refresher.stop();
  await clock.pass(10_000);
  refresher.poke();
  expect(reads).toBe(1);
});
