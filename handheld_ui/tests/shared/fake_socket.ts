/** A socket whose other end is the test. */
import type { Socket } from "../../src/shared/connection";

export class FakeSocket implements Socket {
  connected = false;
  tries = 0;
  /** What the page sends with CONNECT, and what it sent with each so far. */
  auth: () => object = () => ({});
  readonly auths: object[] = [];
  /** Answers a call; null never answers. */
  answer: ((event: string, body: unknown) => unknown) | null = (_event, body) => ({ echo: body });
  readonly #listeners = new Map<string, (given?: unknown) => void>();

  connect(): void {
    this.tries += 1;
    this.auths.push(this.auth());
  }

  disconnect(): void {
    if (this.connected) this.cut();
  }

  on(event: string, listener: (...given: never[]) => void): void {
    this.#listeners.set(event, listener as (given?: unknown) => void);
  }

  emit(event: string, body: unknown, answered: (answer: unknown) => void): void {
    if (this.answer !== null) answered(this.answer(event, body));
  }

  tell(event: string, given?: unknown): void {
    this.#listeners.get(event)?.(given);
  }

  open(): void {
    this.connected = true;
    this.tell("connect");
  }

  cut(): void {
    this.connected = false;
    this.tell("disconnect");
  }

  fail(data?: unknown): void {
    this.tell("connect_error", Object.assign(new Error("no"), { data }));
  }
}
