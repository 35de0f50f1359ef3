import "fake-indexeddb/auto";

import { afterEach, beforeEach, expect, test } from "vitest";

import type { Op } from "../../src/shared/protocol";
import { NO_CURSOR, type Recorded } from "../../src/picker/state";
import { newStream, Store } from "../../src/picker/store";
import { ANA, snapshot } from "./fixture";

let name: string;
let store: Store;
let count = 0;

beforeEach(async () => {
  count += 1;
  name = `test-${count}`;
  store = await Store.open(name);
});

afterEach(() => {
  store.close();
});

function fact(seq: number, over: Partial<Op> = {}): Op {
  const head = { seq, list: "list-1", lease: 1, by: "ana", dt: 0 };
  return { ...head, kind: "bind", tote: "T-0001", slot: 0, ...over } as Op;
}

function open(...seqs: readonly number[]): readonly Recorded[] {
  return seqs.map((seq) => ({ op: fact(seq), verdict: null }));
}

async function reopened(): Promise<Store> {
  store.close();
  store = await Store.open(name);
  return store;
}

test("the first start makes a stream of 128 bits that stays", async () => {
  const { stream, nextSeq, ops } = await store.load();
  expect(stream).toMatch(/^[0-9a-f]{32}$/);
  expect([nextSeq, ops]).toEqual([1, []]);
  expect((await (await reopened()).load()).stream).toBe(stream);
  expect(newStream()).not.toBe(newStream());
});

test("facts, list, cursor and sign-in come back after a reload", async () => {
  await store.load();
  const held = { snapshot: snapshot(), last: 4 };
  const cursor = { ...NO_CURSOR, list: "list-1", stop: "s1", arrived: true, taken: 2 };
  const rows = { held, cursor, person: ANA, language: "es", nextSeq: 7 } as const;
  await store.save(rows, open(5, 6));
  const saved = await (await reopened()).load();
  expect(saved).toMatchObject(rows);
  expect(saved.ops.map(({ op }) => op)).toEqual([fact(5), fact(6)]);
});

test("a fact keeps its bytes", async () => {
  const op = fact(1);
  await store.save({}, [{ op, verdict: null }]);
  const [back] = (await (await reopened()).load()).ops;
  expect(JSON.stringify(back?.op)).toBe(JSON.stringify(op));
});

test("what cannot be written whole is not written at all", async () => {
  await store.load();
  const broken = { op: { ...fact(2), tote: () => "no data" }, verdict: null };
  await expect(
    store.save({ nextSeq: 3 }, [...open(1), broken as unknown as Recorded]),
  ).rejects.toThrow();
  expect(await store.load()).toMatchObject({ nextSeq: 1, ops: [] });
});

test("answered facts of other lists stay in the store but not at hand", async () => {
  await store.save({ held: { snapshot: snapshot(), last: 0 } }, [
    { op: fact(1, { list: "old" }), verdict: "applied" },
    { op: fact(2, { list: "old" }), verdict: null },
    { op: fact(3), verdict: "applied" },
  ]);
  const { ops, nextSeq } = await store.load();
  expect(ops.map(({ op }) => op.seq)).toEqual([2, 3]);
  expect(nextSeq).toBe(4);
});

test("after a restore of the server the facts it forgot are unanswered again", async () => {
  const { stream } = await store.load();
  const answered = [1, 2, 3, 4].map((seq) => ({ op: fact(seq), verdict: "applied" as const }));
  await store.save({ nextSeq: 6 }, [...answered, ...open(5)]);
  const saved = await store.rewind(2, null);
  expect(saved.stream).toBe(stream);
  expect(saved.ops.map(({ op }) => op.seq)).toEqual([3, 4, 5]);
  expect(saved.nextSeq).toBe(6);
});

test("the fact that a forgotten undo takes back stays at hand", async () => {
  await store.save({ nextSeq: 3 }, [
    { op: fact(1), verdict: "applied" },
    { op: fact(2, { kind: "undo", op: 1 }), verdict: "applied" },
  ]);
  const saved = await store.rewind(1, null);
  expect(saved.ops.map(({ op, verdict }) => [op.seq, verdict])).toEqual([
    [1, "applied"],
    [2, null],
  ]);
});

test("facts behind a hole that nobody can fill go on in a new stream", async () => {
  const { stream } = await store.load();
  // 1 to 3 were forgotten; 5 undoes 4.
  await store.save({ nextSeq: 6 }, [
    { op: fact(4), verdict: "applied" },
    { op: fact(5, { kind: "undo", op: 4 }), verdict: null },
  ]);
  const saved = await store.rewind(0, null);
  expect(saved.stream).not.toBe(stream);
  expect(saved.ops.map(({ op }) => op.seq)).toEqual([1, 2]);
  expect(saved.ops[1]?.op).toMatchObject({ kind: "undo", op: 1 });
  expect(saved.nextSeq).toBe(3);
  expect((await (await reopened()).load()).stream).toBe(saved.stream);
});

test("a server that forgot everything while nothing is kept starts a new stream", async () => {
  const { stream } = await store.load();
  await store.save({ nextSeq: 10 }, []);
  const saved = await store.rewind(0, null);
  expect(saved).toMatchObject({ nextSeq: 1, ops: [] });
  expect(saved.stream).not.toBe(stream);
});

test("the oldest answered facts are forgotten where there are too many, unanswered ones never", async () => {
  const answered = Array.from({ length: 2002 }, (_, index) => index + 2);
  await store.save({}, [
    ...open(1),
    ...answered.map((seq) => ({ op: fact(seq), verdict: "applied" as const })),
  ]);
  await store.trim();
  const held = fact(1).list;
  const saved = await store.rewind(2003, held);
  expect(saved.ops.map(({ op }) => op.seq).slice(0, 3)).toEqual([1, 4, 5]);
  expect(saved.ops).toHaveLength(2001);
});
