import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { LinkDown, NoAnswer, Refused } from "../../src/shared/connection";
import type { Op, OpsRequest, SyncReply, SyncRequest, Verdict } from "../../src/shared/protocol";
import {
  firstMessage,
  HEARTBEAT_MS,
  MOST_BYTES,
  Sender,
  SETTLE_MS,
  type Device,
  type Line,
} from "../../src/picker/sender";
import { snapshot } from "./fixture";

function fact(seq: number, text = "T-0001"): Op {
  return { seq, kind: "bind", list: "l1", lease: 1, by: "ana", dt: 5, tote: text, slot: 0 };
}

/**
 * A server that keeps PICK/1: one verdict per (stream, seq), the stored one again for the
 * same op, a gap where one is missing. `effects` counts how often each op took effect.
 */
class Server {
  readonly verdicts = new Map<number, string>();
  readonly effects = new Map<number, number>();
  readonly got: string[] = [];
  rev = 0;
  gen = "g1";
  ver = 1;
  list: SyncReply["list"] = null;

  get last(): number {
    return Math.max(0, ...this.verdicts.keys());
  }

  sync(request: SyncRequest): SyncReply {
    this.rev += 1;
    return {
      rid: request.rid,
      last: this.last,
      rev: this.rev,
      gen: this.gen,
      now: "2026-11-22T10:00:00.000Z",
      picker: { id: "p", name: "Ana", language: "en" },
      directory: null,
      waiting: null,
      list: this.list,
    };
  }

  ops(request: OpsRequest): unknown {
    const answered: Verdict[] = [];
    for (const op of request.ops) {
      const body = JSON.stringify(op);
      const known = this.verdicts.get(op.seq);
      if (known !== undefined) {
        answered.push([op.seq, "applied", known === body ? "ok" : "clash"]);
        continue;
      }
      if (op.seq !== this.last + 1) break;
      this.verdicts.set(op.seq, body);
      this.effects.set(op.seq, (this.effects.get(op.seq) ?? 0) + 1);
      this.ver += 1;
      answered.push([op.seq, "applied", "ok"]);
    }
    if (answered.length === 0) return { gap: this.last };
    return { last: this.last, verdicts: answered, ver: this.ver };
  }
}

/** What happens to one message: it arrives, it is lost, or its answer is. */
type Fate = "fine" | "lost" | "answer-lost" | "busy" | "revoked";

class Bench implements Line {
  readonly server = new Server();
  up = true;
  restarts = 0;
  fates: Fate[] = [];
  calls: [string, string][] = [];
  pending: Op[] = [];
  acked = 0;
  stream = "stream-1";
  have: Device["have"] = null;
  verdicts: Verdict[] = [];
  replies: [SyncReply, boolean][] = [];
  rewound: number[] = [];
  refused: string[] = [];
  failedWork = 0;
  /** Everything ever recorded, as the store keeps it. */
  kept: Op[] = [];

  readonly sender = new Sender(this, {
    device: () => ({
      stream: this.stream,
      pending: this.pending,
      acked: this.acked,
      have: this.have,
    }),
    verdicts: (verdicts) => {
      this.verdicts.push(...verdicts);
      for (const [seq] of verdicts) {
        this.pending = this.pending.filter((op) => op.seq !== seq);
        this.acked = Math.max(this.acked, seq);
      }
      return Promise.resolve();
    },
    synced: (reply, wanted) => {
      this.replies.push([reply, wanted]);
      if (reply.list !== "same") {
        this.have = reply.list === null ? null : { list: reply.list.list, ver: reply.list.ver };
      }
      return Promise.resolve();
    },
    rewound: (last) => {
      this.rewound.push(last);
      this.pending = this.kept.filter((op) => op.seq > last);
      this.acked = last;
      return Promise.resolve();
    },
    workFailed: () => {
      this.failedWork += 1;
    },
    refused: (code) => {
      this.refused.push(code);
      this.up = false; // the page closes the line until somebody signs in
    },
  });

  call(name: "sync" | "ops", body: unknown): Promise<unknown> {
    if (!this.up) return Promise.reject(new LinkDown());
    this.calls.push([name, JSON.stringify(body)]);
    const fate = this.fates.shift() ?? "fine";
    if (fate === "busy") return Promise.reject(new Refused("busy", 503));
    if (fate === "revoked") return Promise.reject(new Refused("revoked", 401));
    if (fate === "lost") return later(() => Promise.reject(new NoAnswer()));
    const answer =
      name === "sync"
        ? this.server.sync(body as SyncRequest)
        : this.server.ops(structuredClone(body) as OpsRequest);
    if (fate === "answer-lost") return later(() => Promise.reject(new NoAnswer()));
    return Promise.resolve(answer);
  }

  restart(): void {
    this.restarts += 1;
    this.up = false;
    this.sender.lineLost();
  }

  record(...seqs: readonly number[]): void {
    const facts = seqs.map((seq) => fact(seq));
    this.kept.push(...facts);
    this.pending = [...this.pending, ...facts];
    this.sender.recorded();
  }

  names(): string {
    return this.calls.map(([name]) => name).join(" ");
  }
}

function later(then: () => Promise<never>): Promise<never> {
  return new Promise<void>((resolve) => setTimeout(resolve, 5000)).then(then);
}

let bench: Bench;

beforeEach(() => {
  vi.useFakeTimers();
  bench = new Bench();
});

afterEach(() => {
  bench.sender.stop();
  vi.useRealTimers();
});

async function pass(ms = 0): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
}

test("on connect it asks first, then sends, then asks again when the list changed", async () => {
  bench.record(1, 2);
  await pass();
  expect(bench.names()).toBe("sync ops");
  expect(bench.verdicts).toEqual([
    [1, "applied", "ok"],
    [2, "applied", "ok"],
  ]);
  await pass(SETTLE_MS);
  expect(bench.names()).toBe("sync ops sync");
});

test("facts in a row ask for the list once", async () => {
  bench.sender.sync();
  await pass();
  for (const seq of [1, 2, 3]) {
    bench.record(seq);
    await pass(50);
  }
  await pass(SETTLE_MS);
  expect(bench.names()).toBe("sync ops ops ops sync");
});

/** The server shows its list as it is now: an answer to a sync has the whole of it, or "same". */
function shows(): void {
  const sync = bench.server.sync.bind(bench.server);
  bench.server.sync = (request) => {
    const { ver } = bench.server;
    const same = request.have?.list === "l1" && request.have.ver === ver;
    bench.server.list = same ? "same" : snapshot({ list: "l1", ver });
    return sync(request);
  };
}

function lastHave(): unknown {
  const syncs = bench.calls.filter(([name]) => name === "sync");
  return (JSON.parse(syncs.at(-1)?.[1] ?? "") as SyncRequest).have;
}

test("own facts raise the version as expected and ask for nothing", async () => {
  shows();
  bench.sender.sync();
  await pass();
  bench.record(1, 2);
  await pass(SETTLE_MS);
  bench.record(3);
  await pass(SETTLE_MS);
  expect(bench.names()).toBe("sync ops ops");
  bench.sender.poked({ list: "l1", ver: 4 }); // said of the own facts: known here
  await pass();
  expect(bench.names()).toBe("sync ops ops");
  bench.sender.sync();
  await pass();
  expect(lastHave()).toEqual({ list: "l1", ver: 4 });
  expect(bench.replies.at(-1)?.[0].list).toBe("same");
});

test("the same version of a restored server is not believed: the whole list is asked for", async () => {
  shows();
  bench.sender.sync();
  await pass();
  bench.server.gen = "g2"; // restored, and by now at the same version again
  bench.sender.sync();
  await pass();
  expect(bench.names()).toBe("sync sync sync");
  expect(lastHave()).toBeNull();
  expect(bench.replies.map(([{ gen, list }]) => [gen, list === "same"])).toEqual([
    ["g1", false],
    ["g2", false],
  ]);
});

test("a page that starts names no list: it cannot know in which life it was told", async () => {
  shows();
  bench.have = { list: "l1", ver: 1 };
  bench.sender.sync();
  await pass();
  expect(lastHave()).toBeNull();
  expect(bench.replies.at(-1)?.[0].list).not.toBe("same");
});

test("a version beyond the own facts is news: asked for under the former version", async () => {
  shows();
  bench.sender.sync();
  await pass();
  bench.server.ver += 1; // an order was cancelled, and the hint is lost
  bench.record(1);
  await pass(SETTLE_MS);
  expect(bench.names()).toBe("sync ops sync");
  expect(lastHave()).toEqual({ list: "l1", ver: 1 });
  expect(bench.have).toEqual({ list: "l1", ver: 3 });
});

test("a fact that a sync included is not counted again: it would hide a change", async () => {
  shows();
  bench.fates = ["fine", "answer-lost", "fine"];
  bench.sender.sync();
  await pass();
  bench.record(1);
  await pass(100);
  bench.sender.sync(); // goes before the message that is sent again
  const ops = bench.server.ops.bind(bench.server);
  bench.server.ops = (request) => {
    bench.server.ver += 1; // cancelled between the answer to the sync and this one
    return ops(request);
  };
  await pass(5000);
  expect(bench.names()).toBe("sync ops sync ops");
  await pass(SETTLE_MS);
  expect(bench.names()).toBe("sync ops sync ops sync");
  expect(bench.have).toEqual({ list: "l1", ver: 3 });
});

test("a list that is finished is asked about: what waits has changed", async () => {
  shows();
  bench.sender.sync();
  await pass();
  bench.pending = [{ seq: 1, kind: "done", list: "l1", lease: 1, by: "ana", dt: 5 }];
  bench.sender.recorded();
  await pass(SETTLE_MS);
  expect(bench.names()).toBe("sync ops sync");
});

test("a lost message and a lost answer are sent again with the same bytes: one effect", async () => {
  bench.fates = ["fine", "answer-lost", "fine"];
  bench.record(1);
  await pass();
  bench.record(2); // recorded meanwhile: it may not change the message in flight
  await pass(5000);
  const sent = bench.calls.filter(([name]) => name === "ops").map(([, body]) => body);
  expect(sent[1]).toBe(sent[0]);
  expect(bench.verdicts.map(([seq, , code]) => [seq, code])).toEqual([
    [1, "ok"],
    [2, "ok"],
  ]);
  expect([...bench.server.effects]).toEqual([
    [1, 1],
    [2, 1],
  ]);
});

test("one message is in flight, whatever happens meanwhile", async () => {
  bench.fates = ["fine", "answer-lost"];
  bench.record(1);
  await pass(100);
  bench.sender.poked({ list: "l1", ver: 9 });
  bench.record(2);
  await pass(4000);
  expect(bench.names()).toBe("sync ops");
  await pass(1000);
  expect(bench.names().startsWith("sync ops sync ops")).toBe(true);
});

test("a line that is silent twice is begun anew, and nothing is lost", async () => {
  bench.fates = ["fine", "lost", "lost"];
  bench.record(1);
  await pass(10_000);
  expect(bench.restarts).toBe(1);
  expect(bench.pending).toHaveLength(1);
  bench.up = true;
  bench.sender.sync();
  await pass();
  expect(bench.pending).toHaveLength(0);
  expect(bench.server.effects.get(1)).toBe(1);
});

test("a line that comes back while a message was waiting goes on at once", async () => {
  let cut: (error: Error) => void = () => undefined;
  const call = bench.call.bind(bench);
  bench.call = (name, body) =>
    name === "ops" && bench.verdicts.length === 0 && bench.calls.length === 1
      ? new Promise((_resolve, reject) => {
          bench.calls.push([name, "cut"]);
          cut = reject;
        })
      : call(name, body);
  bench.record(1);
  await pass();
  cut(new LinkDown());
  bench.sender.sync(); // `up` is told before the failed call has unwound
  await pass();
  expect(bench.verdicts).toHaveLength(1);
});

test("facts of an old answer that was lost with the line are asked for again, not trimmed", async () => {
  bench.server.ops({ stream: bench.stream, ops: [fact(1)] });
  bench.record(1);
  await pass();
  expect(bench.replies[0]?.[0].last).toBe(1);
  expect(bench.verdicts).toEqual([[1, "applied", "ok"]]);
  expect(bench.server.effects.get(1)).toBe(1);
});

test("a restored server gets everything after what it knows", async () => {
  bench.record(1, 2, 3);
  await pass(SETTLE_MS);
  for (const seq of [2, 3]) {
    bench.server.verdicts.delete(seq);
    bench.server.effects.delete(seq);
  }
  bench.server.gen = "g2"; // another history: its revision starts anew
  bench.server.rev = 0;
  bench.sender.sync();
  await pass(SETTLE_MS);
  expect(bench.rewound).toEqual([1]);
  expect([...bench.server.effects]).toEqual([
    [1, 1],
    [2, 1],
    [3, 1],
  ]);
  expect(bench.pending).toEqual([]);
});

test("a gap makes it send from where the server is", async () => {
  bench.sender.sync();
  await pass();
  bench.kept = [fact(1), fact(2), fact(3)];
  bench.pending = [fact(3)];
  bench.acked = 0; // the server was restored after the last sync
  bench.sender.recorded();
  await pass();
  expect(bench.rewound).toEqual([0]);
  expect(bench.server.last).toBe(3);
});

test("a reply that is older than one already taken is dropped", async () => {
  bench.server.rev = 10;
  bench.sender.sync();
  await pass();
  bench.server.rev = 3;
  bench.sender.sync();
  await pass();
  expect(bench.replies).toHaveLength(1);
  bench.server.gen = "restored";
  bench.sender.sync();
  await pass();
  expect(bench.replies).toHaveLength(2);
});

test("a reply to another request is dropped", async () => {
  const sync = bench.server.sync.bind(bench.server);
  bench.server.sync = (request) => ({ ...sync(request), rid: "r-0" });
  bench.sender.sync();
  await pass();
  expect(bench.replies).toEqual([]);
});

test("work is asked for after the facts before it", async () => {
  bench.sender.sync();
  await pass();
  bench.record(1);
  bench.sender.askWork();
  await pass(SETTLE_MS);
  const syncs = bench.calls.filter(([name]) => name === "sync").map(([, body]) => body);
  expect(bench.names()).toBe("sync ops sync sync");
  expect(syncs.map((body) => body.includes('"want":"work"'))).toEqual([false, true, false]);
  expect(bench.replies.map(([, wanted]) => wanted)).toEqual([false, true, false]);
});

test("work asked for on a line that goes down is told to be missing", async () => {
  bench.fates = ["lost", "lost"];
  bench.sender.askWork();
  await pass(10_000);
  expect(bench.failedWork).toBe(1);
  bench.sender.askWork();
  expect(bench.failedWork).toBe(2);
});

test("it asks every 20 s though every hint is lost", async () => {
  bench.sender.sync();
  await pass(3 * HEARTBEAT_MS);
  expect(bench.names()).toBe("sync sync sync sync");
});

test("a poke about what is known already asks nothing", async () => {
  bench.sender.sync();
  await pass();
  bench.have = { list: "l1", ver: 7 };
  bench.sender.poked({ list: "l1", ver: 7 });
  await pass();
  expect(bench.names()).toBe("sync");
  bench.sender.poked({ list: "l1", ver: 8 });
  await pass();
  expect(bench.names()).toBe("sync sync");
});

test("a busy server is asked again later, an ended sign-in is told and not pressed", async () => {
  bench.fates = ["busy"];
  bench.record(1);
  await pass();
  expect(bench.names()).toBe("sync");
  await pass(3000);
  expect(bench.pending).toEqual([]);
  bench.fates = ["revoked"];
  bench.record(2);
  await pass(1000);
  expect(bench.refused).toEqual(["revoked"]);
  expect(bench.pending).toHaveLength(1);
});

test("200 facts after ten minutes offline go up in four messages", async () => {
  bench.up = false;
  bench.record(...Array.from({ length: 200 }, (_nothing, index) => index + 1));
  await pass(600_000);
  expect(bench.calls).toEqual([]);
  bench.up = true;
  bench.sender.sync();
  await pass();
  expect(bench.calls.filter(([name]) => name === "ops")).toHaveLength(4);
  expect(bench.server.last).toBe(200);
});

test("a message stays under its limits, and one giant fact is still sent", () => {
  const device = { stream: "s", acked: 0, have: null };
  const big = Array.from({ length: 40 }, (_nothing, index) => fact(index + 1, "é".repeat(2000)));
  const message = firstMessage({ ...device, pending: big });
  expect(message?.ops.length).toBe(15); // 15 × about 4.1 KiB
  expect(new TextEncoder().encode(JSON.stringify(message)).length).toBeLessThan(64 * 1024);
  const giant = firstMessage({ ...device, pending: [fact(1, "x".repeat(2 * MOST_BYTES))] });
  expect(giant?.ops).toHaveLength(1);
  expect(firstMessage({ ...device, pending: [] })).toBeNull();
});

test("whatever is lost, repeated or late, each fact has one effect and one verdict", async () => {
  let seed = 7;
  const next = (): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31;
    return seed / 2 ** 31;
  };
  for (let round = 0; round < 40; round += 1) {
    bench.sender.stop();
    bench = new Bench();
    let seq = 0;
    for (let step = 0; step < 30; step += 1) {
      const dice = next();
      if (dice < 0.5) bench.record((seq += 1));
      else if (dice < 0.6) bench.fates.push("lost");
      else if (dice < 0.75) bench.fates.push("answer-lost");
      else if (dice < 0.8) bench.fates.push("busy");
      else if (dice < 0.9) bench.up = false;
      else {
        bench.up = true;
        bench.sender.sync();
      }
      await pass(Math.floor(next() * 6000));
    }
    bench.fates = [];
    for (let calm = 0; calm < 4; calm += 1) {
      bench.up = true;
      bench.sender.sync();
      await pass(15_000);
    }
    expect(bench.pending, `round ${round}`).toEqual([]);
    expect([...bench.server.effects.values()].every((count) => count === 1)).toBe(true);
    expect(bench.server.last).toBe(seq);
    expect(bench.verdicts.every(([, , code]) => code === "ok")).toBe(true);
  }
});
