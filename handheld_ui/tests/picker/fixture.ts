/** A list small enough to walk by hand, and a picker to walk it. */
import { knownFrom } from "../../src/shared/barcode";
import type { Op, Snapshot, SyncReply, Task } from "../../src/shared/protocol";
import type { SignedIn } from "../../src/shared/signed_in";
import { reduce, type Button, type Effect, type Event } from "../../src/picker/session/session";
import { stageOf, type Stage } from "../../src/picker/stage";
import { START, type State } from "../../src/picker/state";
import { speak } from "../../src/picker/text/languages";

export const ANA: SignedIn = {
  token: "secret",
  sign_in: "sign-in-ana",
  person: { id: "p1", badge: "B-2001", name: "Ana", role: "picker", language: "en" },
};

export function task(id: string, stop: string, over: Partial<Task> = {}): Task {
  return {
    id,
    stop,
    sku: "CUP-R",
    name: "Red cup",
    picture: null,
    codes: [
      { code: "CUP-R", units: 1 },
      { code: "4006381333931", units: 1 },
      { code: "CUP-R-6", units: 6 },
    ],
    lot: null,
    expiry_min: null,
    flags: [],
    qty: 3,
    picked: 0,
    short: 0,
    cancelled: 0,
    state: "waiting",
    tote_slot: 0,
    order_number: 4710,
    verify: { location: true, item: "each", tote: true },
    ...over,
  };
}

function stop(id: string, location: string, digits: string): Snapshot["stops"][number] {
  return {
    id,
    location,
    check_digits: digits,
    zone: "Z1",
    aisle: location.slice(0, 1),
    x_mm: 1000,
    y_mm: 4000,
    floor: 0,
    side: "left",
    level: 1,
    distance_mm: 9200,
    expect_empty: false,
  };
}

/**
 * Two slots, three stops. A-12-03: 3 red cups into A. A-14-01: 2 blue cups into B.
 * B-02-02: 1 red cup into B and 4 plates into A.
 */
export function snapshot(over: Partial<Snapshot> = {}): Snapshot {
  const blue = { sku: "CUP-B", name: "Blue cup", codes: [{ code: "CUP-B", units: 1 }] };
  const plate = { sku: "PLATE", name: "Plate", codes: [{ code: "PLATE", units: 1 }] };
  return {
    list: "list-1",
    number: 231,
    ver: 1,
    lease: 1,
    proto: 1,
    state: "claimed",
    method: "cluster",
    wave: 12,
    zone: null,
    priority: 2,
    length_mm: 412_000,
    duration_ms: 1_860_000,
    messages: [],
    start: "start-1",
    drop: ["pack-1"],
    cart: {
      type: "cart-2",
      slots: [
        { slot: 0, label: "A", tote: null, bound: false, dropped: false, order_number: 4710 },
        { slot: 1, label: "B", tote: null, bound: false, dropped: false, order_number: 4711 },
      ],
    },
    stops: [
      stop("s1", "A-12-03", "417"),
      stop("s2", "A-14-01", "902"),
      stop("s3", "B-02-02", "335"),
    ],
    tasks: [
      task("t1", "s1"),
      task("t2", "s2", { ...blue, qty: 2, tote_slot: 1, order_number: 4711 }),
      task("t3", "s3", { qty: 1, tote_slot: 1, order_number: 4711 }),
      task("t4", "s3", { ...plate, qty: 4 }),
    ],
    path: [
      [0, 0, 0],
      [1000, 0, 0],
      [1000, 4000, 0],
    ],
    ...over,
  };
}

export function reply(list: SyncReply["list"], over: Partial<SyncReply> = {}): SyncReply {
  return {
    rid: "r-1",
    last: 0,
    rev: 1,
    gen: "g1",
    now: "2026-11-22T09:15:00.000Z",
    picker: { id: "p1", name: "Ana", language: "en" },
    directory: "d1",
    waiting: { lists: 0, next: null },
    list,
    ...over,
  };
}

export const SITE = knownFrom({
  hash: "d1",
  locations: { "A-12-03": "Z1", "A-12-04": "Z1", "A-14-01": "Z1", "B-02-02": "Z1" },
  items: {
    "CUP-R": [["CUP-R", "Red cup", 1]],
    "CUP-B": [["CUP-B", "Blue cup", 1]],
    PLATE: [["PLATE", "Plate", 1]],
    SPOON: [["SPOON", "Spoon", 1]],
  },
  stations: { "start-1": "start", "pack-1": "pack", "pack-2": "pack" },
  totes: "T-",
});

/** A handheld without a screen: events in, state and everything it asked for kept. */
export class Handheld {
  state: State = { ...START, site: SITE };
  effects: Effect[] = [];
  #clock = 1000;

  send(event: Event): this {
    const step = reduce(this.state, event);
    this.state = step.state;
    this.effects.push(...step.effects);
    return this;
  }

  scan(...codes: readonly string[]): this {
    for (const code of codes) this.send({ type: "scan", code, at: this.#tick() });
    return this;
  }

  tap(button: Button): this {
    return this.send({ type: "tap", button, at: this.#tick() });
  }

  reason(reason: "none" | "fewer"): this {
    return this.send({ type: "reason", reason, at: this.#tick() });
  }

  get stage(): Stage {
    return stageOf(this.state);
  }

  /** What the bar says, in English, with the signal before it. */
  get bar(): string {
    const { bar } = this.state;
    if (bar === null) return "";
    return [bar.again ? "again" : bar.signal, ...bar.says.map(speak("en"))].join(" | ");
  }

  get ops(): readonly Op[] {
    return this.state.ops.map(({ op }) => op);
  }

  get kinds(): string {
    return this.ops.map(({ kind }) => kind).join(" ");
  }

  get notices(): readonly string[] {
    return this.state.notices.map(({ says }) => says.map(speak("en")).join(" "));
  }

  #tick(): number {
    this.#clock += 1500;
    return this.#clock;
  }
}

/** Ana is signed in and has the list. */
export function withList(list: Snapshot = snapshot()): Handheld {
  const handheld = new Handheld().send({ type: "signed-in", who: ANA }).tap("yes");
  return handheld.send({ type: "synced", reply: reply(list), wanted: true });
}

/** Both totes stand on the cart. */
export function loaded(list: Snapshot = snapshot()): Handheld {
  return withList(list).scan("T-0001", "T-0002");
}

/** Three red cups lie in slot A. */
export const FIRST_TASK = ["A-12-03", "CUP-R", "CUP-R", "CUP-R", "T-0001"] as const;
export const REST = [
  "A-14-01",
  ...["CUP-B", "CUP-B", "T-0002"],
  "B-02-02",
  ...["CUP-R", "T-0002"],
  ...["PLATE", "PLATE", "PLATE", "PLATE", "SLOT-A"],
] as const;
