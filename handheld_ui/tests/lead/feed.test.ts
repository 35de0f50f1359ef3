import { afterEach, expect, test, vi } from "vitest";

import { createFeed, FALLBACK_MS, type FeedSocket } from "../../src/lead/state/feed";

class FakeSocket implements FeedSocket {
  readonly #listeners = new Map<string, ((...args: unknown[]) => void)[]>();
  connected = true;

  on(event: string, listener: (...args: unknown[]) => void): void {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }
  disconnect(): void {
    this.connected = false;
  }
  receive(event: string, ...args: unknown[]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(...args);
  }
}

afterEach(() => {
  vi.useRealTimers();
});

test("a poke reaches those who watch its topic, and nobody else", () => {
  const socket = new FakeSocket();
  const feed = createFeed(socket);
  const [board, orders] = [vi.fn(), vi.fn()];
  feed.subscribe(["board"], board);
  feed.subscribe(["orders", "stock"], orders);
  socket.receive("poke", { topic: "board", rev: 7 });
  socket.receive("poke", { topic: 3 });
  socket.receive("poke", "board");
  expect(board).toHaveBeenCalledOnce();
  expect(orders).not.toHaveBeenCalled();
  feed.close();
});

test("every connect pokes everybody: hints of the time before are lost", () => {
  const socket = new FakeSocket();
  const feed = createFeed(socket);
  const poked = vi.fn();
  const stop = feed.subscribe(["board"], poked);
  socket.receive("connect");
  socket.receive("disconnect");
  socket.receive("connect");
  expect(poked).toHaveBeenCalledTimes(2);
  stop();
  socket.receive("connect");
  expect(poked).toHaveBeenCalledTimes(2);
  feed.close();
});

test("without a connection everybody is poked by the clock, with one nobody", () => {
  vi.useFakeTimers();
  const socket = new FakeSocket();
  const feed = createFeed(socket);
  const poked = vi.fn();
  feed.subscribe(["board"], poked);
  socket.receive("connect_error");
  expect(feed.connection()).toBe("offline");
  vi.advanceTimersByTime(2 * FALLBACK_MS);
  expect(poked).toHaveBeenCalledTimes(2);
  socket.receive("connect");
  poked.mockClear();
  vi.advanceTimersByTime(3 * FALLBACK_MS);
  expect(poked).not.toHaveBeenCalled();
  feed.close();
  expect(socket.connected).toBe(false);
});

test("watchers hear each change of the connection once", () => {
  const socket = new FakeSocket();
  const feed = createFeed(socket);
  const heard: string[] = [];
  feed.onConnection((state) => heard.push(state));
  socket.receive("connect");
  socket.receive("disconnect");
  socket.receive("connect_error");
  expect(heard).toEqual(["live", "offline"]);
  feed.close();
});
