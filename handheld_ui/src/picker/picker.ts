/**
 * Runs the handheld: events go through the reducer one at a time, facts are on disk
 * before their answer is shown, and what the reducer asks for is done.
 */
import { knownFrom } from "../shared/barcode";
import { Connection, type ConnectionOptions } from "../shared/connection";
import type { Feedback } from "../shared/feedback";
import { bye, poke, PROTO, type Bye, type SyncReply } from "../shared/protocol";
import { fetchDirectory, hashOf, signIn, signOut } from "./api";
import { changed, restored } from "./persistence";
import { Sender, type Device } from "./sender";
import { reduce, type Effect, type Event } from "./session/session";
import type { State } from "./state";
import type { Saved, Store } from "./store";

const APP = "wavepick-picker/1";
/** Words of the server for a sign-in that is over. */
const SIGNED_OUT = new Set(["not-signed-in", "no-session", "expired", "revoked"]);

export interface World {
  readonly feedback: Feedback;
  readonly louder: () => void;
  readonly signals: () => void;
  /** Take over from another window: start again from the store. */
  readonly workHere: () => void;
  /** The server wants a newer page; facts lie in the store meanwhile. */
  readonly upgrade: () => void;
  /** How sockets are opened; Socket.IO unless a test says otherwise. */
  readonly open?: NonNullable<ConnectionOptions["open"]>;
}

export class Picker {
  readonly #store: Store;
  readonly #world: World;
  readonly #connection: Connection;
  readonly #sender: Sender;
  readonly #listeners = new Set<() => void>();
  /** Which start of the page this is: it tells an older line of this device from a newer one. */
  readonly #page: number;
  #stream: string;
  #directoryHash: string;
  #state: State;
  #queue: Promise<void> = Promise.resolve();

  constructor(store: Store, saved: Saved, world: World) {
    this.#store = store;
    this.#world = world;
    this.#page = saved.starts;
    this.#stream = saved.stream;
    this.#directoryHash = hashOf(saved.directory);
    this.#state = restored(saved);
    this.#connection = this.#openConnection();
    this.#sender = new Sender(this.#connection, {
      device: () => this.#device(),
      verdicts: (verdicts) => this.dispatch({ type: "verdicts", verdicts }),
      synced: (reply, wanted) => this.#synced(reply, wanted),
      rewound: (last) => this.#rewound(last),
      workFailed: () => void this.dispatch({ type: "work-failed" }),
      refused: (code) => {
        this.#refused(code);
      },
    });
    if (this.#state.person !== null) this.#connection.start();
  }

  get state(): State {
    return this.#state;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  stop(): void {
    this.#sender.stop();
    this.#connection.stop();
  }

  /** Somebody is here: trying to connect is worth it. */
  touched(): void {
    this.#connection.wake();
  }

  /** The page is seen again, or the network says it is back: what is true may have changed. */
  resumed(): void {
    this.#connection.wake();
    if (this.#connection.up) this.#sender.sync();
  }

  /** Take an event; resolves when its facts are on disk and its answer is shown. */
  dispatch(event: Event): Promise<void> {
    this.#queue = this.#queue.then(() => this.#process(event));
    return this.#queue;
  }

  async #process(event: Event): Promise<void> {
    const before = this.#state;
    let { state, effects } = reduce(before, event);
    const ops = state.ops.filter((each, index) => before.ops[index] !== each);
    const change = changed(before, state);
    if (ops.length > 0 || Object.keys(change).length > 0) {
      try {
        await this.#store.save(change, ops);
      } catch (error) {
        console.error("The device cannot store:", error);
        // Nothing happened: the picker must not believe that it did.
        ({ state, effects } = reduce(before, { type: "storage-failed" }));
      }
    }
    this.#state = state;
    for (const listener of this.#listeners) listener();
    for (const effect of effects) this.#carryOut(effect);
    if (state.nextSeq !== before.nextSeq) this.#sender.recorded();
    if (state.person?.token !== before.person?.token) this.#personChanged();
  }

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case "signal":
        this.#world.feedback.give(effect.signal);
        return;
      case "signals":
        if (effect.louder) this.#world.louder();
        this.#world.signals();
        return;
      case "sign-in":
        void this.#signIn(effect.badge, effect.pin);
        return;
      case "sign-out":
        void signOut(effect.token);
        return;
      case "ask-work":
        this.#sender.askWork();
        return;
      case "work-here":
        this.#world.workHere();
    }
  }

  async #signIn(badge: string, pin: string): Promise<void> {
    const answer = await signIn(badge, pin);
    if ("who" in answer) await this.dispatch({ type: "signed-in", who: answer.who });
    else await this.dispatch({ type: "sign-in-failed", why: answer.why });
  }

  #personChanged(): void {
    this.#connection.stop();
    if (this.#state.person !== null) this.#connection.start();
  }

  #device(): Device {
    const { ops, nextSeq, snapshot } = this.#state;
    const pending = ops.filter(({ verdict }) => verdict === null).map(({ op }) => op);
    return {
      stream: this.#stream,
      pending,
      acked: (pending[0]?.seq ?? nextSeq) - 1,
      have: snapshot === null ? null : { list: snapshot.list, ver: snapshot.ver },
    };
  }

  async #synced(reply: SyncReply, wanted: boolean): Promise<void> {
    await this.dispatch({ type: "synced", reply, wanted });
    if (reply.directory !== null && reply.directory !== this.#directoryHash) {
      void this.#fetchDirectory();
    }
  }

  async #fetchDirectory(): Promise<void> {
    const token = this.#state.person?.token;
    const found = token === undefined ? null : await fetchDirectory(token);
    if (found === null || found.hash === this.#directoryHash) return;
    this.#directoryHash = found.hash;
    await this.#store.save({ directory: found }, []);
    await this.dispatch({ type: "site", site: knownFrom(found) });
  }

  /** Facts that the server forgot are unanswered again. */
  async #rewound(last: number): Promise<void> {
    await this.#queue;
    const list = this.#state.snapshot?.list ?? null;
    const { stream, ops, nextSeq } = await this.#store.rewind(last, list);
    const fresh = stream !== this.#stream;
    this.#stream = stream;
    await this.dispatch({ type: "ops", ops, nextSeq });
    // The connection was opened for the old stream.
    if (fresh) this.#personChanged();
  }

  #openConnection(): Connection {
    return new Connection({
      namespace: "/handheld",
      hints: ["poke", "bye"],
      http: "/api/v1/pick",
      ...(this.#world.open === undefined ? {} : { open: this.#world.open }),
      auth: (attempt) => {
        const token = this.#state.person?.token;
        const [stream, page] = [this.#stream, this.#page];
        return token === undefined ? null : { token, proto: PROTO, app: APP, stream, page, attempt };
      },
      events: {
        up: () => {
          void this.dispatch({ type: "link", online: true });
          this.#sender.sync();
        },
        down: () => {
          void this.dispatch({ type: "link", online: false });
          this.#sender.lineLost();
        },
        refused: (code) => {
          this.#refused(code);
        },
        hint: (name, body) => {
          this.#hint(name, body);
        },
      },
    });
  }

  #hint(name: string, body: unknown): void {
    if (name === "poke") {
      this.#sender.poked(poke(body));
      return;
    }
    const said = bye(body);
    const { why, retry_after } = said;
    // A try of before that reached another server process late: this line stays the newest.
    if (why === "replaced" && this.#isOlder(said)) return;
    if (why === "busy") this.#connection.pause((retry_after ?? 5) * 1000);
    else if (why === "upgrade") this.#world.upgrade();
    else this.#refused(why);
  }

  #isOlder({ page, attempt }: Bye): boolean {
    if (page === null || attempt === null) return false;
    return page < this.#page || (page === this.#page && attempt < this.#connection.attempt);
  }

  #refused(code: string): void {
    if (code === "replaced") {
      this.#connection.stop();
      void this.dispatch({ type: "elsewhere", elsewhere: true });
    } else if (SIGNED_OUT.has(code)) {
      void this.dispatch({ type: "sign-in-ended" });
    } else {
      console.warn("The server refused:", code);
    }
  }
}
