/**
 * What survives on the device: the outbox of facts and the place in the list.
 *
 * A fact and the view after it are written in one transaction that is on disk before the
 * picker sees a tick (`durability: "strict"`). Answered facts are kept for a while: a
 * server restored from a backup asks for them again.
 */
import { openDB, type DBSchema, type IDBPDatabase } from "idb";

import type { Op, Snapshot, VerdictWord } from "../shared/protocol";
import type { SignedIn } from "../shared/signed_in";
import type { Cursor, Recorded } from "./state";
import type { Language } from "./text/languages";
import { atHand } from "./view";

/** How many answered facts are kept: three shifts. Not how long: a clock that jumps would lose them. */
const KEPT_OPS = 2000;

/** The list as the server last told it, and where in its history that was. */
export interface Held {
  readonly snapshot: Snapshot;
  /** Highest op of this stream that the snapshot includes. */
  readonly last: number;
}

/** Small things, one row each. */
export interface Rows {
  /** Random identity of this outbox; a wiped store makes a new one. */
  readonly stream: string;
  /** How often the page was started on this store, this time included. */
  readonly starts: number;
  readonly nextSeq: number;
  readonly person: SignedIn | null;
  readonly language: Language;
  readonly held: Held | null;
  readonly cursor: Cursor;
  /** The site's directory as the server sent it. */
  readonly directory: unknown;
}

export type Change = Partial<Omit<Rows, "stream" | "starts">>;

interface OpRow {
  readonly seq: number;
  readonly op: Op;
  readonly verdict: VerdictWord | null;
}

interface Schema extends DBSchema {
  rows: { key: string; value: unknown };
  ops: { key: number; value: OpRow };
}

export interface Saved extends Partial<Rows> {
  readonly stream: string;
  readonly starts: number;
  readonly nextSeq: number;
  /** Unanswered facts, and all of the list in hand. */
  readonly ops: readonly Recorded[];
}

export type Rewound = Pick<Saved, "stream" | "nextSeq" | "ops">;

/** 128 random bits as hexadecimal digits; `randomUUID` does not exist on plain HTTP. */
export function newStream(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Store {
  readonly #db: IDBPDatabase<Schema>;

  private constructor(db: IDBPDatabase<Schema>) {
    this.#db = db;
  }

  static async open(name = "wavepick-picker"): Promise<Store> {
    const db = await openDB<Schema>(name, 1, {
      upgrade(fresh) {
        fresh.createObjectStore("rows");
        fresh.createObjectStore("ops", { keyPath: "seq" });
      },
    });
    return new Store(db);
  }

  close(): void {
    this.#db.close();
  }

  /** Everything as it was; a first start makes the stream. */
  async load(): Promise<Saved> {
    const change = this.#db.transaction(["rows", "ops"], "readwrite", { durability: "strict" });
    const rows = change.objectStore("rows");
    const known: Record<string, unknown> = {};
    for (let at = await rows.openCursor(); at !== null; at = await at.continue()) {
      known[at.key] = at.value;
    }
    const found = known as Partial<Rows>;
    const stream = found.stream ?? newStream();
    if (found.stream === undefined) await rows.put(stream, "stream");
    const starts = (found.starts ?? 0) + 1;
    await rows.put(starts, "starts");
    const all = await change.objectStore("ops").getAll();
    await change.done;
    const nextSeq = Math.max(found.nextSeq ?? 1, (all.at(-1)?.seq ?? 0) + 1);
    return { ...found, stream, starts, nextSeq, ops: atHand(recorded(all), found.held?.snapshot.list ?? null) };
  }

  /** Write facts and what changed with them, all or nothing, on disk when it returns. */
  async save(change: Change, ops: readonly Recorded[]): Promise<void> {
    const write = this.#db.transaction(["rows", "ops"], "readwrite", { durability: "strict" });
    const done = write.done;
    try {
      for (const [key, value] of Object.entries(change)) {
        await write.objectStore("rows").put(value, key);
      }
      for (const { op, verdict } of ops) {
        await write.objectStore("ops").put({ seq: op.seq, op, verdict });
      }
    } catch (error) {
      // A value that cannot be copied fails without ending the transaction: what was put
      // before it would be kept.
      done.catch(() => undefined);
      write.abort();
      throw error;
    }
    await done;
  }

  /**
   * The server knows facts only up to `last`: those after it must be sent again.
   *
   * When facts in between were forgotten here, they can never be sent, and the stream
   * would be stuck behind the gap: a new stream begins with what is left.
   */
  async rewind(last: number, list: string | null): Promise<Rewound> {
    const write = this.#db.transaction(["rows", "ops"], "readwrite", { durability: "strict" });
    const [rows, store] = [write.objectStore("rows"), write.objectStore("ops")];
    const after = await store.getAll(IDBKeyRange.lowerBound(last, true));
    let again: readonly OpRow[] = after.map((row) => ({ ...row, verdict: null }));
    let stream = (await rows.get("stream")) as string;
    let nextSeq = (await rows.get("nextSeq")) as number | undefined;
    if ((again[0]?.seq ?? last + 1) > last + 1 || (again.length === 0 && (nextSeq ?? 1) > last + 1)) {
      stream = newStream();
      again = renumbered(again);
      nextSeq = again.length + 1;
      await store.clear();
      await Promise.all([rows.put(stream, "stream"), rows.put(nextSeq, "nextSeq")]);
    }
    for (const row of again) await store.put(row);
    const all = await store.getAll();
    await write.done;
    const next = Math.max(nextSeq ?? 1, (all.at(-1)?.seq ?? 0) + 1);
    return { stream, nextSeq: next, ops: atHand(recorded(all), list) };
  }

  /** Forget the oldest answered facts where there are too many. */
  async trim(): Promise<void> {
    const write = this.#db.transaction("ops", "readwrite");
    const all = await write.store.getAll();
    const answered = all.filter(({ verdict }) => verdict !== null);
    const old = answered.slice(0, Math.max(0, answered.length - KEPT_OPS));
    await Promise.all([...old.map(({ seq }) => write.store.delete(seq)), write.done]);
  }
}

function recorded(all: readonly OpRow[]): readonly Recorded[] {
  return all.map(({ op, verdict }) => ({ op, verdict }));
}

/** The same facts numbered from 1; an undo follows the fact it undoes. */
function renumbered(rows: readonly OpRow[]): readonly OpRow[] {
  const places = new Map(rows.map(({ seq }, index) => [seq, index + 1]));
  return rows.map((row): OpRow => {
    const seq = places.get(row.seq) ?? 0;
    // An undo of a fact that is forgotten here names none: the server refuses it aloud.
    const op: Op =
      row.op.kind === "undo"
        ? { ...row.op, seq, op: places.get(row.op.op) ?? 0 }
        : { ...row.op, seq };
    return { ...row, seq, op };
  });
}
