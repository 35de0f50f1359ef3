/** The handheld page starts here: everything is wired once, and again after a take-over. */
import { render } from "preact";

import "../shared/theme.css";
import "./picker.css";

import { DeviceOutput } from "../shared/device_output";
import { Feedback } from "../shared/feedback";
import { Scanner } from "../shared/scanner";
import { enrol, enrolmentCode } from "./enrolment";
import { Picker } from "./picker";
import { App, type Backstage } from "./screens/app";
import type { Event } from "./session/session";
import { START, type State } from "./state";
import { ScreenLock } from "./screen_lock";
import { Store } from "./store";
import { windowLock } from "./window_lock";

/** Between the signals that are taught at sign-in. */
const LESSON_MS = 800;

class Page implements Backstage {
  typed = "";
  readonly #output = new DeviceOutput();
  readonly #feedback = new Feedback(this.#output);
  readonly #listeners = new Set<() => void>();
  readonly #screen = new ScreenLock();
  readonly #lock = windowLock(() => {
    this.#elsewhere();
  });
  #picker: Picker | null = null;
  #starting = false;
  /** What was scanned or typed before the store was open: it is taken up then. */
  #early: Event[] = [];
  #waiting: State = START;

  get state(): State {
    return this.#picker?.state ?? this.#waiting;
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispatch(event: Event): void {
    const code = event.type === "scan" ? enrolmentCode(event.code) : null;
    if (code !== null) {
      void this.enrol(code);
      return;
    }
    if (this.#picker !== null && !this.state.elsewhere) void this.#picker.dispatch(event);
    else if (this.#starting && !this.state.elsewhere) this.#early.push(event);
    else if (event.type === "tap" && event.button === "close") void this.start(true);
  }

  /** Take a lead's code out of the address: it works once, so neither bar nor history keep it. */
  opened(): void {
    const code = enrolmentCode(location.href);
    if (code === null) return;
    history.replaceState(null, "", location.pathname);
    void this.enrol(code);
  }

  /** Let this device in with a lead's code, scanned or opened as an address. */
  async enrol(code: string): Promise<void> {
    const found = await enrol(code);
    this.dispatch(
      found === "enrolled" ? { type: "enrolled" } : { type: "sign-in-failed", why: found },
    );
  }

  /** Take the lock and go on where the store says; with `steal` from another window. */
  async start(steal: boolean): Promise<void> {
    if (this.#starting) return;
    this.#starting = true;
    try {
      if (await this.#lock.acquire(steal)) await this.#begin();
      else this.#elsewhere();
    } catch (error) {
      // Without a store nothing may be picked: facts would be lost.
      console.error("The device cannot store:", error);
      const bar = { signal: "wrong", says: [{ key: "news.storage" }], again: false } as const;
      this.#waiting = { ...START, bar };
      this.#draw();
    } finally {
      this.#starting = false;
      for (const event of this.#early.splice(0)) this.dispatch(event);
    }
  }

  async #begin(): Promise<void> {
    this.#picker?.stop();
    const store = await Store.open();
    const saved = await store.load();
    await store.trim();
    this.#picker = new Picker(store, saved, {
      feedback: this.#feedback,
      louder: () => {
        this.#output.louder();
      },
      signals: () => {
        this.#teach();
      },
      workHere: () => void this.start(true),
      upgrade: reloadOnce,
    });
    this.#picker.subscribe(() => {
      this.#screen.keep(this.state.snapshot !== null);
      this.#draw();
    });
    this.#draw();
  }

  listen(): void {
    const scanner = new Scanner({
      code: (code) => {
        this.dispatch({ type: "scan", code, at: performance.now() });
      },
      typing: (partial) => {
        if (partial === this.typed) return;
        this.typed = partial;
        this.#draw();
      },
    });
    scanner.attach(document);
    for (const gesture of ["pointerdown", "keydown"]) {
      document.addEventListener(gesture, () => {
        this.#output.unlock();
      });
    }
    document.addEventListener("keydown", () => this.#picker?.touched());
    const resumed = (): void => {
      if (document.visibilityState !== "visible") return;
      this.#screen.resumed();
      this.#picker?.resumed();
    };
    for (const name of ["online", "focus", "pageshow"]) addEventListener(name, resumed);
    for (const name of ["visibilitychange", "resume"]) document.addEventListener(name, resumed);
    // An address opened where this page is open already loads nothing.
    addEventListener("hashchange", () => {
      this.opened();
    });
  }

  #elsewhere(): void {
    this.#picker?.stop();
    this.#picker = null;
    this.#waiting = { ...START, elsewhere: true };
    this.#draw();
  }

  #teach(): void {
    (["ok", "line", "wrong", "news"] as const).forEach((signal, index) => {
      setTimeout(() => {
        this.#feedback.give(signal);
      }, index * LESSON_MS);
    });
  }

  #draw(): void {
    for (const listener of this.#listeners) listener();
  }
}

/** Load the page of the server's version, once: a server that still is not content is left alone. */
function reloadOnce(): void {
  const mark = "wavepick-reloaded";
  if (sessionStorage.getItem(mark) !== null) return;
  sessionStorage.setItem(mark, "yes");
  location.reload();
}

const page = new Page();
const root = document.getElementById("app");
if (root !== null) render(<App backstage={page} />, root);
page.listen();
void page.start(false);
page.opened();
// Without these the page works all the same; plain HTTP has no service worker.
if ("serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js").catch((error: unknown) => {
    console.info("Reloading needs the network:", error);
  });
}
if ("storage" in navigator) void navigator.storage.persist();
