/**
 * Sends facts up and fetches the list, by PICK/1: one message in flight, in order.
 *
 * At-least-once sending, exactly-once effect: a message without an answer is sent again
 * with the same content, and the server answers what it answered before. Hints only say
 * that something changed; what is true comes as a whole snapshot.
 */
import { LinkDown, NoAnswer, Refused } from "../shared/connection";
import {
  opsReply,
  syncReply,
  type Op,
  type OpsRequest,
  type Poke,
  type SyncReply,
  type SyncRequest,
  type Verdict,
} from "../shared/protocol";

/** A message holds at most this many facts and, with room for its envelope, 64 KiB. */
export const MOST_OPS = 50;
export const MOST_BYTES = 63 * 1024;
/** The server is asked at least this often: hints may be lost. */
export const HEARTBEAT_MS = 20_000;
/** After an acknowledgement with news: several facts in a row ask only once. */
export const SETTLE_MS = 250;
/** Unanswered messages in a row after which the line is taken for dead. */
const SILENT_BEFORE_RESTART = 2;
/** Pause after the server said that it cannot now. */
const BUSY_MS = 3000;
/** Facts whose effect on the list the device shows by itself; after others it must ask. */
const SHOWN_HERE: ReadonlySet<string> = new Set<Op["kind"]>([
  "bind",
  "pick",
  "short",
  "skip",
  "drop",
  "undo",
  "report",
]);

export interface Line {
  readonly up: boolean;
  call(name: "sync" | "ops", body: unknown): Promise<unknown>;
  restart(): void;
}

/** What the sender knows of the device: read at each message. */
export interface Device {
  readonly stream: string;
  /** Facts without an answer, in order. */
  readonly pending: readonly Op[];
  /** All facts up to this one are answered. */
  readonly acked: number;
  readonly have: { readonly list: string; readonly ver: number } | null;
}

export interface SenderEvents {
  device(): Device;
  verdicts(verdicts: readonly Verdict[]): Promise<void>;
  synced(reply: SyncReply, wanted: boolean): Promise<void>;
  /** The server knows facts only up to `last`: what came after must be sent again. */
  rewound(last: number): Promise<void>;
  /** A list was asked for and cannot be had now. */
  workFailed(): void;
  /** The server does not know the sign-in, or wants another version. */
  refused(code: string): void;
}

export class Sender {
  readonly #line: Line;
  readonly #events: SenderEvents;
  readonly #heartbeat: ReturnType<typeof setInterval>;
  #mustSync = true;
  #wantsWork = false;
  #running = false;
  #inFlight: OpsRequest | null = null;
  #silent = 0;
  #rid = 0;
  #newest = { gen: "", rev: -1 };
  /**
   * The version that the list shown has with the own facts answered since, and the last of them.
   * Not stored: a page that starts anew names no list and is sent it.
   */
  #shown: { readonly list: string; readonly ver: number; readonly last: number } | null = null;
  /**
   * The generation in which the list shown was told. A restored server counts versions from an
   * earlier one on: the same number may come again for another content.
   */
  #toldIn: string | null = null;
  #later: ReturnType<typeof setTimeout> | undefined;

  constructor(line: Line, events: SenderEvents) {
    this.#line = line;
    this.#events = events;
    this.#heartbeat = setInterval(() => {
      this.sync();
    }, HEARTBEAT_MS);
  }

  stop(): void {
    clearInterval(this.#heartbeat);
    clearTimeout(this.#later);
  }

  /** Ask what is true: on connect, resume, poke, heartbeat. */
  sync(): void {
    this.#mustSync = true;
    void this.#run();
  }

  /** New facts are in the outbox. */
  recorded(): void {
    void this.#run();
  }

  /** Claim a list, once everything before it is told. */
  askWork(): void {
    if (!this.#line.up) {
      this.#events.workFailed();
      return;
    }
    this.#wantsWork = true;
    this.sync();
  }

  poked(poke: Poke): void {
    const have = this.#have();
    if (have?.list !== poke.list || poke.ver === null || poke.ver > have.ver) {
      this.sync();
    }
  }

  lineLost(): void {
    this.#silent = 0;
    if (!this.#wantsWork) return;
    this.#wantsWork = false;
    this.#events.workFailed();
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    try {
      while (this.#line.up && (await this.#once()));
    } finally {
      this.#running = false;
    }
  }

  /** Send one message; false when there is nothing to send now. */
  async #once(): Promise<boolean> {
    const facts = this.#inFlight !== null || this.#events.device().pending.length > 0;
    if (!facts && !this.#mustSync) return false;
    try {
      // A list is asked for after the facts: else the finished one would be answered again.
      if (this.#mustSync && !(facts && this.#wantsWork)) await this.#syncNow();
      else await this.#sendFacts();
      this.#silent = 0;
      return true;
    } catch (error) {
      return this.#afterFailure(error);
    }
  }

  #afterFailure(error: unknown): boolean {
    if (error instanceof NoAnswer) {
      this.#silent += 1;
      if (this.#silent < SILENT_BEFORE_RESTART) return true;
      this.#line.restart();
      return false;
    }
    // The line may be up again by now, and `up` was told while this message was waiting.
    if (error instanceof LinkDown) return this.#line.up;
    if (error instanceof Refused && ![429, 500, 503].includes(error.status)) {
      this.#events.refused(error.code);
      if (error.status === 401 || error.status === 403) return false;
    }
    // The server cannot now, or answered what nobody understands: not at once again.
    if (!(error instanceof Refused)) console.error("Answer not understood:", error);
    this.#soon(BUSY_MS);
    return false;
  }

  #soon(ms: number): void {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => {
      this.sync();
    }, ms);
  }

  async #syncNow(): Promise<void> {
    const device = this.#events.device();
    this.#rid += 1;
    const wanted = this.#wantsWork && device.pending.length === 0;
    const request: SyncRequest = {
      stream: device.stream,
      acked: device.acked,
      have: this.#have(),
      want: wanted ? "work" : null,
      rid: `r-${this.#rid}`,
    };
    // Cleared before: what happens during the call asks again.
    this.#mustSync = false;
    let reply: SyncReply;
    try {
      reply = syncReply(await this.#line.call("sync", request));
    } catch (error) {
      this.#mustSync = true;
      throw error;
    }
    if (reply.rid !== request.rid) return;
    const stale = reply.gen === this.#newest.gen && reply.rev < this.#newest.rev;
    if (stale) return;
    this.#newest = { gen: reply.gen, rev: reply.rev };
    if (wanted) this.#wantsWork = false;
    if (reply.last < device.acked) {
      await this.#rewind(reply.last);
      // A device that has forgotten those facts began a new stream: this is about the old one.
      if (this.#events.device().stream !== request.stream) return;
    }
    if (reply.list === "same" && request.have !== null && this.#toldIn !== reply.gen) {
      // The same version of another life: what is shown may be something else.
      this.#shown = null;
      this.#mustSync = true;
      this.#wantsWork ||= wanted;
      return;
    }
    await this.#events.synced(reply, wanted);
    // Read from the device: where it could not store the list, it still shows the former one.
    const now = this.#events.device().have;
    if (reply.list !== "same" && now?.list === reply.list?.list && now?.ver === reply.list?.ver) {
      this.#toldIn = reply.gen;
    }
    const have = reply.list === "same" ? this.#have() : now;
    this.#shown = have === null ? null : { ...have, last: reply.last };
  }

  /** The list shown and its version, with the own facts that were answered. */
  #have(): Device["have"] {
    const { have } = this.#events.device();
    if (this.#toldIn !== this.#newest.gen) return null;
    if (have === null || have.list !== this.#shown?.list) return have;
    return { list: have.list, ver: this.#shown.ver };
  }

  async #sendFacts(): Promise<void> {
    this.#inFlight ??= firstMessage(this.#events.device());
    if (this.#inFlight === null) return;
    const { ops } = this.#inFlight;
    const reply = opsReply(await this.#line.call("ops", this.#inFlight));
    this.#inFlight = null;
    if ("gap" in reply) {
      await this.#rewind(reply.gap);
      return;
    }
    await this.#events.verdicts(reply.verdicts);
    if (reply.ver !== null && !this.#follow(ops, reply.verdicts, reply.ver)) this.#soon(SETTLE_MS);
  }

  /**
   * Take over the version of an answer that says nothing but what the device shows anyway.
   *
   * Each applied fact raises the version by one, so a higher one means news. A fact that the
   * answer to a sync included already is not counted again: that would hide one change. After
   * news, and after facts whose effect only the server shows, the former version stays:
   * naming the new one would be answered "same".
   */
  #follow(ops: readonly Op[], verdicts: readonly Verdict[], ver: number): boolean {
    const shown = this.#shown;
    const list = ops.at(-1)?.list;
    if (shown === null || list !== shown.list) return false;
    const words = new Map(verdicts.map(([seq, word]) => [seq, word]));
    const applied = ops.filter(
      (op) => op.list === list && op.seq > shown.last && words.get(op.seq) === "applied",
    );
    if (ver !== shown.ver + applied.length) return false;
    if (!applied.every(({ kind }) => SHOWN_HERE.has(kind))) return false;
    this.#shown = { list, ver, last: Math.max(shown.last, ...words.keys()) };
    return true;
  }

  async #rewind(last: number): Promise<void> {
    this.#inFlight = null;
    this.#shown = null;
    await this.#events.rewound(last);
  }
}

/** The first facts that fit into one message; null without any. */
export function firstMessage({ stream, pending }: Device): OpsRequest | null {
  const ops: Op[] = [];
  let bytes = 0;
  for (const op of pending.slice(0, MOST_OPS)) {
    bytes += new TextEncoder().encode(JSON.stringify(op)).length + 1;
    if (ops.length > 0 && bytes > MOST_BYTES) break;
    ops.push(op);
  }
  return ops.length === 0 ? null : { stream, ops };
}
