/**
 * The sender does what the recorded traces say: its twin in Python wrote them, which the
 * simulator drives through thousands of histories (`tests/simulation/traces.py`).
 */
import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { Sender, type Device, type Line } from "../../src/picker/sender";
import { LinkDown, NoAnswer, Refused } from "../../src/shared/connection";
import type { Op, SyncReply, Verdict } from "../../src/shared/protocol";

type Step = {
  readonly sends: readonly unknown[];
  readonly told: readonly unknown[];
} & (
  | { readonly do: "record"; readonly op: Op }
  | { readonly do: "sync" | "ask" | "down" | "up" | "silence" }
  | { readonly do: "poke"; readonly list: string | null; readonly ver: number | null }
  | { readonly do: "answer"; readonly reply: unknown }
  | { readonly do: "refuse"; readonly code: string; readonly status: number }
  | { readonly do: "wait"; readonly ms: number }
);

const FILE = new URL("../../protocol/traces/sender.json", import.meta.url);
const TRACES = JSON.parse(readFileSync(FILE, "utf8")) as readonly (readonly Step[])[];

/** A call without an answer yet. */
interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** The bench has forgotten its facts when so many are asked for again from the first. */
const FORGETS_FROM = 3;

/** A line and a device that do the simplest right thing with what the sender tells. */
class Bench implements Line {
  up = true;
  sends: unknown[] = [];
  told: unknown[] = [];
  #stream = "0".repeat(32);
  #kept: Op[] = [];
  #acked = 0;
  #have: Device["have"] = null;
  #waiting: Waiting | null = null;

  readonly #sender = new Sender(this, {
    device: () => ({
      stream: this.#stream,
      pending: this.#kept.filter(({ seq }) => seq > this.#acked),
      acked: this.#acked,
      have: this.#have,
    }),
    verdicts: (verdicts: readonly Verdict[]) => {
      this.told.push(["verdicts", verdicts]);
      this.#acked = Math.max(this.#acked, ...verdicts.map(([seq]) => seq));
      return Promise.resolve();
    },
    synced: (reply: SyncReply, wanted: boolean) => {
      this.told.push(["synced", reply.rid, wanted]);
      if (reply.list !== "same") {
        this.#have =
          reply.list === null ? null : { list: reply.list.list, ver: reply.list.ver };
      }
      return Promise.resolve();
    },
    rewound: (last: number) => {
      this.told.push(["rewound", last]);
      if (last === 0 && this.#acked >= FORGETS_FROM) {
        // As a device that does not have those facts any more: a new stream begins.
        this.#stream = String(Number(this.#stream.charAt(0)) + 1).repeat(32);
        this.#kept = [];
      }
      this.#acked = last;
      return Promise.resolve();
    },
    workFailed: () => this.told.push(["work-failed"]),
    refused: (code: string) => this.told.push(["refused", code]),
  });

  call(name: "sync" | "ops", body: unknown): Promise<unknown> {
    this.sends.push([name, structuredClone(body)]);
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }

  restart(): void {
    this.told.push(["restart"]);
    this.up = false;
    this.#sender.lineLost();
  }

  stop(): void {
    this.#sender.stop();
  }

  async do(step: Step): Promise<void> {
    [this.sends, this.told] = [[], []];
    switch (step.do) {
      case "record":
        this.#kept.push(step.op);
        this.#sender.recorded();
        break;
      case "sync":
        this.#sender.sync();
        break;
      case "ask":
        this.#sender.askWork();
        break;
      case "poke":
        this.#sender.poked({ list: step.list, ver: step.ver });
        break;
      case "down":
        this.up = false;
        this.#sender.lineLost();
        this.#end(({ reject }) => {
          reject(new LinkDown());
        });
        break;
      case "up":
        this.up = true;
        this.#sender.sync();
        break;
      case "answer":
        this.#end(({ resolve }) => {
          resolve(structuredClone(step.reply));
        });
        break;
      case "silence":
        this.#end(({ reject }) => {
          reject(new NoAnswer());
        });
        break;
      case "refuse":
        this.#end(({ reject }) => {
          reject(new Refused(step.code, step.status));
        });
        break;
      case "wait":
        await vi.advanceTimersByTimeAsync(step.ms);
    }
    await vi.advanceTimersByTimeAsync(0);
  }

  #end(how: (call: Waiting) => void): void {
    const call = this.#waiting;
    this.#waiting = null;
    if (call !== null) how(call);
  }
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

test.each(TRACES.map((trace, number) => [number, trace] as const))(
  "trace %i is replayed",
  async (_number, trace) => {
    const bench = new Bench();
    for (const [index, step] of trace.entries()) {
      await bench.do(step);
      expect([index, bench.sends, bench.told]).toEqual([index, step.sends, step.told]);
    }
    bench.stop();
  },
);
