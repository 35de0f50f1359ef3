import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Backoff } from "../../src/shared/backoff";
import {
  ANSWER_MS,
  Connection,
  LinkDown,
  NoAnswer,
  Refused,
} from "../../src/shared/connection";
import { FakeSocket } from "./fake_socket";

let socket: FakeSocket;
let told: string[];
let pages: Map<string, { status: number; body: unknown }>;
let connection: Connection;
let token: string | null;
/** What the next request waits for, if not for nothing. */
let held: Promise<Response> | null;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  socket = new FakeSocket();
  told = [];
  pages = new Map();
  token = "t";
  held = null;
  connection = new Connection({
    namespace: "/handheld",
    hints: ["poke"],
    http: "/api/v1/pick",
    auth: () => (token === null ? null : { token }),
    random: () => 0.5,
    open: () => socket,
    fetch: (path) => {
      if (held !== null) return held;
      const page = pages.get(path as string);
      if (page === undefined) return Promise.reject(new TypeError("failed to fetch"));
      return Promise.resolve(new Response(JSON.stringify(page.body), { status: page.status }));
    },
    events: {
      up: () => told.push("up"),
      down: () => told.push("down"),
      refused: (code) => told.push(`refused ${code}`),
      hint: (name, body) => told.push(`${name} ${JSON.stringify(body)}`),
    },
  });
});

afterEach(() => {
  connection.stop();
  vi.useRealTimers();
});

test("nobody signed in: it does not try", () => {
  token = null;
  connection.start();
  expect(socket.tries).toBe(0);
});

test("calls are answered over the socket, hints are told", async () => {
  connection.start();
  await expect(connection.call("sync", 1)).rejects.toThrow(LinkDown);
  socket.open();
  socket.tell("poke", { list: "l", ver: 2 });
  await expect(connection.call("sync", 1)).resolves.toEqual({ echo: 1 });
  expect(told).toEqual(["up", 'poke {"list":"l","ver":2}']);
});

test("an error body is a refusal with its code", async () => {
  connection.start();
  socket.open();
  socket.answer = () => ({ error: { code: "busy", status: 503, detail: "…", pointer: "" } });
  await expect(connection.call("ops", {})).rejects.toEqual(new Refused("busy", 503));
});

test("no answer in five seconds is told; a cut line is told at once", async () => {
  connection.start();
  socket.open();
  socket.answer = null;
  const silent = expect(connection.call("ops", {})).rejects.toThrow(NoAnswer);
  await vi.advanceTimersByTimeAsync(ANSWER_MS);
  await silent;
  const cut = expect(connection.call("ops", {})).rejects.toThrow(LinkDown);
  socket.cut();
  await cut;
  expect(told).toEqual(["up", "down"]);
});

test("it comes back by itself, spread over three seconds first", () => {
  connection.start();
  socket.open();
  socket.cut();
  expect(socket.tries).toBe(1);
  vi.advanceTimersByTime(1499);
  expect(socket.tries).toBe(1);
  vi.advanceTimersByTime(1); // half of 3 s
  expect(socket.tries).toBe(2);
});

test("a key or the network shortens a long wait, and many keys do not lengthen it", async () => {
  connection.start();
  for (let failure = 0; failure < 6; failure += 1) {
    socket.fail();
    await vi.advanceTimersByTimeAsync(0);
  }
  const { tries } = socket;
  for (let key = 0; key < 30; key += 1) {
    connection.wake();
    vi.advanceTimersByTime(50);
  }
  expect(socket.tries).toBe(tries + 1);
});

test("where sockets are blocked, plain requests carry the calls", async () => {
  pages.set("/health", { status: 200, body: {} });
  pages.set("/api/v1/pick/sync", { status: 200, body: { ok: true } });
  pages.set("/api/v1/pick/ops", { status: 401, body: { code: "revoked" } });
  connection.start();
  socket.fail();
  await vi.advanceTimersByTimeAsync(0);
  expect(connection.up).toBe(false);
  socket.fail();
  await vi.advanceTimersByTimeAsync(0);
  expect(connection.up).toBe(true);
  await expect(connection.call("sync", {})).resolves.toEqual({ ok: true });
  await expect(connection.call("ops", {})).rejects.toEqual(new Refused("revoked", 401));
  pages.clear();
  await expect(connection.call("sync", {})).rejects.toThrow(LinkDown);
  expect(told).toEqual(["up", "down"]);
});

test("a socket that comes up takes over from plain requests", async () => {
  pages.set("/health", { status: 200, body: {} });
  connection.start();
  socket.fail();
  socket.fail();
  await vi.advanceTimersByTimeAsync(0);
  socket.open();
  expect(told).toEqual(["up", "down", "up"]);
});

test("a request of an older line that fails late leaves the newer line alone", async () => {
  pages.set("/health", { status: 200, body: {} });
  let fail: (error: Error) => void = () => undefined;
  pages.set("/api/v1/pick/ops", { status: 200, body: {} });
  connection.start();
  socket.fail();
  await vi.advanceTimersByTimeAsync(0);
  socket.fail();
  await vi.advanceTimersByTimeAsync(0);
  held = new Promise((_resolve, reject) => {
    fail = reject;
  });
  const late = expect(connection.call("ops", {})).rejects.toThrow(LinkDown);
  socket.open();
  fail(new TypeError("failed to fetch"));
  await late;
  expect(told).toEqual(["up", "down", "up"]);
  await expect(connection.call("sync", 1)).resolves.toEqual({ echo: 1 });
});

test("plain requests found late do not come after the end of the line", async () => {
  pages.set("/health", { status: 200, body: {} });
  let find: (answer: Response) => void = () => undefined;
  connection.start();
  socket.fail();
  held = new Promise((resolve) => {
    find = resolve;
  });
  socket.fail();
  connection.pause(20_000);
  find(new Response("{}"));
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual([]);
  expect(connection.up).toBe(false);
});

test("a refusal at the door is told and is no reason for plain requests", async () => {
  pages.set("/health", { status: 200, body: {} });
  connection.start();
  for (let failure = 0; failure < 3; failure += 1) socket.fail({ code: "revoked" });
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(["refused revoked", "refused revoked", "refused revoked"]);
});

test("a busy server is left alone for as long as it says", () => {
  connection.start();
  socket.open();
  connection.pause(20_000);
  vi.advanceTimersByTime(19_999);
  expect(socket.tries).toBe(1);
  vi.advanceTimersByTime(1);
  expect(socket.tries).toBe(2);
});

test("delays double with half more or less, up to 30 s, and start again after a reset", () => {
  for (const random of [() => 0, () => 1]) {
    const backoff = new Backoff(random);
    const share = 0.5 + random();
    expect(backoff.next()).toBe(3000 * random());
    expect(backoff.next()).toBe(3000 * share);
    expect(backoff.next()).toBe(6000 * share);
    for (let more = 0; more < 5; more += 1) expect(backoff.next()).toBeLessThanOrEqual(30_000);
    backoff.reset();
    expect(backoff.next()).toBe(3000 * random());
  }
});
