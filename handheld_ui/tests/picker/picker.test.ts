import "fake-indexeddb/auto";

import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Feedback } from "../../src/shared/feedback";
import type { OpsRequest, SyncReply, SyncRequest } from "../../src/shared/protocol";
import { Picker } from "../../src/picker/picker";
import { stageOf } from "../../src/picker/stage";
import { unsent } from "../../src/picker/state";
import { Store } from "../../src/picker/store";
import { FakeSocket } from "../shared/fake_socket";
import { ANA, reply, snapshot } from "./fixture";

let count = 0;
let name: string;
let store: Store;
let socket: FakeSocket;
let sounds: number;
let list: SyncReply["list"];
let last: number;
let rev: number;
let picker: Picker;

/** A server that holds one list and applies everything. */
function answer(event: string, body: unknown): unknown {
  if (event === "sync") {
    rev += 1;
    return reply(list, { rid: (body as SyncRequest).rid, last, rev, directory: null });
  }
  const { ops } = body as OpsRequest;
  last = ops.at(-1)?.seq ?? last;
  return { last, verdicts: ops.map(({ seq }) => [seq, "applied", "ok"]), ver: 2 };
}

async function start(): Promise<void> {
  store = await Store.open(name);
  socket = new FakeSocket();
  socket.answer = answer;
  const output = {
    play: () => {
      sounds += 1;
    },
    vibrate: () => undefined,
  };
  picker = new Picker(store, await store.load(), {
    feedback: new Feedback(output),
    louder: () => undefined,
    signals: () => undefined,
    workHere: () => undefined,
    upgrade: () => undefined,
    open: (_namespace, auth) => {
      socket.auth = auth;
      return socket;
    },
  });
}

async function scan(...codes: readonly string[]): Promise<void> {
  for (const code of codes) await picker.dispatch({ type: "scan", code, at: performance.now() });
}

/** Until what was set off is through: a round of real timers lets IndexedDB work. */
async function settled(done: () => boolean): Promise<void> {
  await vi.waitFor(() => {
    if (!done()) throw new Error("not yet");
  });
}

beforeEach(async () => {
  count += 1;
  name = `picker-${count}`;
  sounds = 0;
  [list, last, rev] = [snapshot(), 0, 0];
  await start();
  await picker.dispatch({ type: "signed-in", who: ANA });
  socket.open();
  await settled(() => picker.state.snapshot !== null);
  await picker.dispatch({ type: "tap", button: "yes", at: 0 });
});

afterEach(() => {
  picker.stop();
  store.close();
});

test("signing in opens the line, and the list comes by itself", () => {
  expect(socket.tries).toBe(1);
  expect(stageOf(picker.state).at).toBe("load");
  expect(picker.state.online).toBe(true);
});

test("facts are sent at once and answered", async () => {
  await scan("T-0001", "T-0002");
  await settled(() => unsent(picker.state) === 0);
  expect(last).toBe(2);
});

test("a fact is on disk before its answer is shown", async () => {
  const saved: boolean[] = [];
  const save = store.save.bind(store);
  store.save = async (change, ops) => {
    const before = sounds;
    await save(change, ops);
    if (ops.some(({ verdict }) => verdict === null)) saved.push(before === sounds);
  };
  await scan("T-0001");
  expect(saved).toEqual([true]);
});

test("a device that cannot store says so and does not go on", async () => {
  const quiet = vi.spyOn(console, "error").mockReturnValue(undefined);
  store.save = () => Promise.reject(new DOMException("full", "QuotaExceededError"));
  await scan("T-0001");
  expect(picker.state.bar).toMatchObject({ signal: "wrong", says: [{ key: "news.storage" }] });
  expect(stageOf(picker.state)).toMatchObject({ at: "load", slot: { label: "A" } });
  expect(picker.state.ops).toEqual([]);
  expect(quiet).toHaveBeenCalled();
});

test("ten scans in a burst are judged one after the other", async () => {
  const burst = ["T-0001", "T-0002", "A-12-03", "CUP-R", "CUP-R", "CUP-R", "T-0001"];
  await Promise.all(
    burst.map((code) => picker.dispatch({ type: "scan", code, at: performance.now() })),
  );
  expect(picker.state.ops.map(({ op }) => op.kind)).toEqual(["bind", "bind", "pick"]);
});

test("offline and reloaded in the middle: the same screen, the same facts, sent later", async () => {
  await scan("T-0001", "T-0002");
  await settled(() => unsent(picker.state) === 0);
  socket.cut();
  await scan("A-12-03", "CUP-R", "CUP-R", "CUP-R", "T-0001", "A-14-01", "CUP-B");
  const before = stageOf(picker.state);
  expect(before).toMatchObject({ at: "take", taken: 1, want: 2 });
  picker.stop();
  store.close();
  await start();
  expect(stageOf(picker.state)).toEqual(before);
  expect(picker.state).toMatchObject({ online: false, person: ANA });
  expect(unsent(picker.state)).toBe(1);
  socket.open();
  await settled(() => unsent(picker.state) === 0);
  expect(last).toBe(3);
});

test("a restored server gets again what it forgot", async () => {
  await scan("T-0001", "T-0002");
  await settled(() => unsent(picker.state) === 0);
  last = 0;
  list = snapshot();
  rev = 1000; // it goes on from a later revision in another life
  socket.tell("poke", { list: "other", ver: 1 });
  await settled(() => last === 2);
  await settled(() => unsent(picker.state) === 0);
  expect(picker.state.snapshot?.number).toBe(231);
});

test.each(["revoked", "expired"])("a sign-in that is %s ends and keeps everything", async (code) => {
  socket.cut();
  await scan("T-0001");
  socket.fail({ code });
  await settled(() => picker.state.person === null);
  expect(unsent(picker.state)).toBe(1);
  const saved = await store.load();
  expect(saved).toMatchObject({ person: null, held: { snapshot: { number: 231 } } });
});

test("a try of before that is let in late does not stop the line of now", async () => {
  socket.cut();
  await picker.dispatch({ type: "sign-in-ended" });
  await picker.dispatch({ type: "signed-in", who: ANA });
  socket.open();
  expect(socket.auths).toMatchObject([
    { page: 1, attempt: 1 },
    { page: 1, attempt: 2 },
  ]);
  socket.tell("bye", { why: "replaced", retry_after: null, page: 1, attempt: 1 });
  expect(socket.connected).toBe(true);
  expect(picker.state.elsewhere).toBe(false);
  socket.tell("bye", { why: "replaced", retry_after: null, page: 2, attempt: 1 });
  await settled(() => picker.state.elsewhere);
  expect(socket.connected).toBe(false);
});

test("a page that is started again numbers its requests anew and hears what is true now", async () => {
  const asked: (SyncRequest | undefined)[] = [];
  const listen = (): void => {
    socket.answer = (event, body) => {
      if (event === "sync") asked.push(body as SyncRequest);
      return answer(event, body);
    };
  };
  picker.stop();
  store.close();
  await start();
  listen();
  socket.open();
  await settled(() => asked.length === 1);
  picker.stop();
  store.close();
  list = snapshot({ number: 232, ver: 9 });
  await start();
  listen();
  socket.open();
  await settled(() => picker.state.snapshot?.number === 232);
  expect(asked.map((request) => request?.rid)).toEqual(["r-1", "r-1"]);
});

test("a page that is started again is a later page", async () => {
  picker.stop();
  store.close();
  await start();
  socket.open();
  expect(socket.auths).toMatchObject([{ page: 2, attempt: 1 }]);
  socket.tell("bye", { why: "replaced", retry_after: null, page: 1, attempt: 7 });
  expect(socket.connected).toBe(true);
});

test("another window that takes over stops this one", async () => {
  socket.tell("bye", { why: "replaced", retry_after: null });
  await settled(() => picker.state.elsewhere);
  expect(socket.connected).toBe(false);
  await scan("T-0001");
  expect(picker.state.ops).toEqual([]);
});
