/**
 * The one line to the server: a WebSocket, and plain requests where those are blocked.
 *
 * Sockets that come and go are the normal case. Nothing is kept here: who calls resends.
 */
import { io } from "socket.io-client";

import { Backoff, FIRST_SPREAD_MS } from "./backoff";
import { either, object, text, whole, withDefault } from "./check";

/** An answer that takes longer is taken for lost. */
export const ANSWER_MS = 5000;
/** Failed sockets in a row after which plain requests are tried. */
const SOCKETS_BEFORE_HTTP = 2;

/** There is no line now; calls work again after `up`. */
export class LinkDown extends Error {
  override readonly name = "LinkDown";
}

/** No answer in time: it may have arrived or not. */
export class NoAnswer extends Error {
  override readonly name = "NoAnswer";
}

/** The server answered that it will not. */
export class Refused extends Error {
  override readonly name = "Refused";
  readonly code: string;
  readonly status: number;

  constructor(code: string, status: number) {
    super(`${status} ${code}`);
    this.code = code;
    this.status = status;
  }
}

/** What is needed of a socket; Socket.IO's client has it. */
export interface Socket {
  readonly connected: boolean;
  connect(): unknown;
  disconnect(): unknown;
  on(event: string, listener: (...given: never[]) => void): unknown;
  emit(event: string, body: unknown, answered: (answer: unknown) => void): unknown;
}

export interface ConnectionEvents {
  /** Calls can be made. */
  up(): void;
  down(): void;
  /** The server does not let this sign-in or version in. */
  refused(code: string): void;
  /** A hint: `poke` or `bye`. */
  hint(name: string, body: unknown): void;
}

export interface ConnectionOptions {
  readonly namespace: string;
  readonly hints: readonly string[];
  /** What is sent with the connect packet of this try, or null while nobody is signed in. */
  auth(attempt: number): (Readonly<Record<string, unknown>> & { readonly token: string }) | null;
  /** Path before the name of a call, for plain requests. */
  readonly http: string;
  readonly events: ConnectionEvents;
  readonly open?: (namespace: string, auth: () => object) => Socket;
  readonly fetch?: typeof fetch;
  readonly random?: () => number;
}

function openSocket(namespace: string, auth: () => object): Socket {
  return io(namespace, {
    transports: ["websocket"],
    upgrade: false,
    // The delays are ours (`backoff.ts`); the library's start again too eagerly.
    reconnection: false,
    autoConnect: false,
    timeout: 8000,
    auth: (give) => {
      give(auth());
    },
  });
}

const errorAnswer = object({ error: object({ code: text, status: withDefault(whole, 400) }) });
const answerOrError = either(errorAnswer, (value: unknown) => value);

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #socket: Socket;
  readonly #backoff: Backoff;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the next try is due, by the monotonic clock. */
  #dueAt = 0;
  #mode: "none" | "socket" | "http" = "none";
  #failures = 0;
  #wanted = false;
  /** Sockets tried so far: what came of an earlier one is told apart by it. */
  #attempt = 0;
  /** Changes of the line so far: an answer from before one says nothing about the line of now. */
  #turn = 0;
  /** Calls without an answer yet: told at once when the line is lost. */
  readonly #open = new Set<() => void>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#backoff = new Backoff(options.random);
    const open = options.open ?? openSocket;
    this.#socket = open(options.namespace, () => options.auth(this.#attempt) ?? {});
    this.#socket.on("connect", () => {
      this.#connected();
    });
    this.#socket.on("disconnect", () => {
      this.#lost();
    });
    this.#socket.on("connect_error", (error: Error & { data?: unknown }) => {
      void this.#failed(error.data);
    });
    for (const hint of options.hints) {
      this.#socket.on(hint, (body: unknown) => {
        options.events.hint(hint, body);
      });
    }
  }

  get up(): boolean {
    return this.#mode !== "none";
  }

  /** Number of the newest try to open a socket. */
  get attempt(): number {
    return this.#attempt;
  }

  /** Connect now, and again whenever the line is lost. */
  start(): void {
    this.#wanted = true;
    this.#backoff.reset();
    this.#connect();
  }

  stop(): void {
    this.#wanted = false;
    this.#turn += 1;
    clearTimeout(this.#timer);
    this.#socket.disconnect();
    this.#change("none");
  }

  /** Something says that trying is worth it: the network is back, the page is seen, a key. */
  wake(): void {
    if (!this.#wanted || this.#mode === "socket") return;
    // A try that is near stays: a burst of keys must not push it away again and again.
    if (this.#dueAt - performance.now() <= FIRST_SPREAD_MS) return;
    this.#backoff.reset();
    this.#later(this.#backoff.next());
  }

  /** The line is dead without saying so: begin anew. */
  restart(): void {
    if (this.#mode === "http") this.#change("none");
    this.#socket.disconnect();
  }

  /** Come back no earlier than this; the server is busy. */
  pause(ms: number): void {
    this.#turn += 1;
    this.#socket.disconnect();
    this.#later(ms);
  }

  /**
   * Call the server and return its answer.
   *
   * Throws {@link LinkDown}, {@link NoAnswer} after {@link ANSWER_MS}, or {@link Refused}.
   */
  async call(name: string, body: unknown): Promise<unknown> {
    if (this.#mode === "none") throw new LinkDown();
    const answer =
      this.#mode === "socket" ? await this.#emit(name, body) : await this.#post(name, body);
    const read = answerOrError(answer);
    const error = (read as { error?: { code: string; status: number } } | null)?.error;
    if (error !== undefined) throw new Refused(error.code, error.status);
    return answer;
  }

  #emit(name: string, body: unknown): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(timer);
        this.#open.delete(lost);
      };
      const lost = (): void => {
        end();
        reject(new LinkDown());
      };
      const timer = setTimeout(() => {
        end();
        reject(new NoAnswer());
      }, ANSWER_MS);
      this.#open.add(lost);
      this.#socket.emit(name, body, (answer) => {
        end();
        resolve(answer);
      });
    });
  }

  async #post(name: string, body: unknown): Promise<unknown> {
    const turn = this.#turn;
    const token = this.#options.auth(this.#attempt)?.token ?? "";
    try {
      return await this.#request(`${this.#options.http}/${name}`, {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
        body: JSON.stringify(body),
      });
    } catch (error) {
      if (!(error instanceof LinkDown)) throw error;
      // A newer line may be up by now; that this request failed does not end it.
      if (turn === this.#turn) {
        this.#change("none");
        this.#later(this.#backoff.next());
      }
      throw error;
    }
  }

  async #request(path: string, request: RequestInit): Promise<unknown> {
    const send = this.#options.fetch ?? fetch;
    let response: Response;
    try {
      response = await send(path, { ...request, signal: AbortSignal.timeout(ANSWER_MS) });
    } catch {
      // Whatever the reason, the request did not come through.
      throw new LinkDown();
    }
    if (response.ok) return response.json();
    const problem = object({ code: withDefault(text, "") });
    const said: unknown = await response.json().catch(() => ({}));
    throw new Refused(problem(said).code || `http-${response.status}`, response.status);
  }

  #connect(): void {
    clearTimeout(this.#timer);
    if (this.#wanted && !this.#socket.connected && this.#options.auth(this.#attempt) !== null) {
      this.#attempt += 1;
      this.#socket.connect();
    }
  }

  #later(ms: number): void {
    clearTimeout(this.#timer);
    this.#dueAt = performance.now() + ms;
    this.#timer = setTimeout(() => {
      this.#connect();
    }, ms);
  }

  #connected(): void {
    clearTimeout(this.#timer);
    this.#failures = 0;
    this.#backoff.reset();
    this.#change("none");
    this.#change("socket");
  }

  #lost(): void {
    this.#change("none");
    if (this.#wanted) this.#later(this.#backoff.next());
  }

  async #failed(data: unknown): Promise<void> {
    const refusal = object({ code: withDefault(text, "") });
    const code = typeof data === "object" && data !== null ? refusal(data).code : "";
    if (code !== "") this.#options.events.refused(code);
    if (!this.#wanted) return;
    this.#failures += 1;
    this.#later(this.#backoff.next());
    if (code !== "" || this.#failures < SOCKETS_BEFORE_HTTP || this.#mode === "http") return;
    const turn = this.#turn;
    try {
      await this.#request("/health", {});
    } catch {
      return; // No line at all: the timer above tries again.
    }
    // The socket may have come up meanwhile, or the line may not be wanted any more.
    if (turn === this.#turn) this.#change("http");
  }

  #change(mode: "none" | "socket" | "http"): void {
    if (mode === this.#mode || (mode !== "none" && !this.#wanted)) return;
    this.#mode = mode;
    this.#turn += 1;
    for (const lost of [...this.#open]) lost();
    if (mode === "none") this.#options.events.down();
    else this.#options.events.up();
  }
}
