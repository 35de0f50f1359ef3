/**
 * The messages of PICK/1 as the device sees them.
 *
 * The examples in `handheld_ui/protocol` are read by the tests of both sides.
 * Words: list, stop, task, tote, slot, lease, op, verdict as everywhere in the product.
 */
import {
  either,
  flag,
  list,
  literal,
  nullable,
  number,
  object,
  oneOf,
  record,
  text,
  tuple,
  whole,
  withDefault,
  type Check,
  type Infer,
} from "./check";

export const PROTO = 1;

const stop = object({
  id: text,
  location: text,
  check_digits: nullable(text),
  zone: nullable(text),
  aisle: nullable(text),
  x_mm: whole,
  y_mm: whole,
  floor: whole,
  side: nullable(text),
  level: nullable(whole),
  distance_mm: whole,
  expect_empty: flag,
});

const task = object({
  id: text,
  stop: text,
  sku: text,
  name: text,
  picture: nullable(text),
  codes: list(object({ code: text, units: whole })),
  lot: nullable(text),
  expiry_min: nullable(text),
  flags: list(text),
  qty: whole,
  picked: whole,
  short: whole,
  cancelled: whole,
  state: text,
  tote_slot: whole,
  order_number: nullable(whole),
  /** Whether the location is scanned; each unit or one for all; whether the tote is. */
  verify: object({ location: flag, item: oneOf("each", "once", "none"), tote: flag }),
});

const slot = object({
  slot: whole,
  label: text,
  tote: nullable(text),
  bound: flag,
  dropped: flag,
  order_number: nullable(whole),
});

const news = object({
  id: text,
  kind: text,
  order_number: withDefault(nullable(whole), null),
  slot: withDefault(nullable(whole), null),
  sku: withDefault(nullable(text), null),
  quantity: withDefault(nullable(whole), null),
});

export const snapshot = object({
  list: text,
  number: whole,
  ver: whole,
  lease: whole,
  proto: whole,
  state: text,
  method: text,
  wave: nullable(whole),
  zone: nullable(text),
  priority: whole,
  length_mm: whole,
  duration_ms: whole,
  messages: list(news),
  start: text,
  drop: list(text),
  cart: object({ type: text, slots: list(slot) }),
  stops: list(stop),
  tasks: list(task),
  path: list(tuple<readonly [number, number, number]>(whole, whole, whole)),
});

const waiting = object({
  lists: whole,
  next: nullable(
    object({
      number: whole,
      method: text,
      zone: nullable(text),
      orders: whole,
      stops: whole,
      length_mm: whole,
      duration_ms: whole,
    }),
  ),
});

export const syncRequest = object({
  stream: text,
  acked: whole,
  have: nullable(object({ list: text, ver: whole })),
  want: nullable(literal("work")),
  rid: text,
});

export const syncReply = object({
  rid: text,
  last: whole,
  rev: whole,
  gen: text,
  now: text,
  picker: object({ id: text, name: text, language: text }),
  directory: nullable(text),
  waiting: nullable(waiting),
  list: either(literal("same"), nullable(snapshot)),
});

export const verdictWord = oneOf("applied", "parked", "refused");

export const opsReply = either(
  object({ gap: whole }),
  object({
    last: whole,
    verdicts: list(tuple<readonly [number, VerdictWord, string]>(whole, verdictWord, text)),
    ver: nullable(whole),
  }),
);

export const poke = object({ list: nullable(text), ver: nullable(whole) });

export const bye = object({
  why: oneOf("revoked", "replaced", "upgrade", "busy"),
  /** Seconds; null: come back as usual. */
  retry_after: nullable(number),
  /** With `replaced`: which start of the page opened the other line, and at which try. */
  page: withDefault(nullable(whole), null),
  attempt: withDefault(nullable(whole), null),
});

/** What every code of the site means, so that a wrong scan can be named without network. */
export const directory = object({
  hash: text,
  locations: record(nullable(text)),
  items: record(list(tuple<readonly [string, string, number]>(text, text, whole))),
  stations: record(nullable(text)),
  totes: text,
});

export type VerdictWord = Infer<typeof verdictWord>;
export type Stop = Infer<typeof stop>;
export type Task = Infer<typeof task>;
export type Slot = Infer<typeof slot>;
export type News = Infer<typeof news>;
export type Snapshot = Infer<typeof snapshot>;
export type Waiting = Infer<typeof waiting>;
export type SyncRequest = Infer<typeof syncRequest>;
export type SyncReply = Infer<typeof syncReply>;
export type OpsReply = Infer<typeof opsReply>;
export type Verdict = readonly [seq: number, verdict: VerdictWord, code: string];
export type Poke = Infer<typeof poke>;
export type Bye = Infer<typeof bye>;
export type Directory = Infer<typeof directory>;

export type ShortReason = "none" | "fewer" | "cannot-find" | "behind";

/** What an op of each kind carries beside its envelope. */
export type OpBody =
  | { readonly kind: "bind"; readonly tote: string; readonly slot: number }
  | {
      readonly kind: "pick";
      readonly task: string;
      readonly location: string;
      readonly sku: string;
      readonly qty: number;
      /** The raw scan of the item; null where the policy asks for none. */
      readonly code: string | null;
      readonly tote: string;
    }
  | {
      readonly kind: "short";
      readonly task: string;
      readonly qty: number;
      readonly reason: ShortReason;
      /** What is left in the location now. */
      readonly counted: number;
    }
  | { readonly kind: "skip"; readonly task: string; readonly reason: string }
  | { readonly kind: "drop"; readonly tote: string; readonly station: string }
  | { readonly kind: "undo"; readonly op: number }
  | {
      readonly kind: "report";
      readonly location: string | null;
      readonly reason: string;
      readonly text: string | null;
    }
  | { readonly kind: "hand_back" }
  | { readonly kind: "done" };

/** One fact recorded by this device. `dt` is ms since the op before, by a monotonic clock. */
export type Op = {
  readonly seq: number;
  readonly list: string;
  readonly lease: number;
  readonly by: string;
  readonly dt: number;
} & OpBody;

const BODIES: Readonly<Record<OpBody["kind"], Check<object>>> = {
  bind: object({ tote: text, slot: whole }),
  pick: object({
    task: text,
    location: text,
    sku: text,
    qty: whole,
    code: nullable(text),
    tote: text,
  }),
  short: object({
    task: text,
    qty: whole,
    reason: oneOf("none", "fewer", "cannot-find", "behind"),
    counted: whole,
  }),
  skip: object({ task: text, reason: text }),
  drop: object({ tote: text, station: text }),
  undo: object({ op: whole }),
  report: object({ location: nullable(text), reason: text, text: nullable(text) }),
  hand_back: object({}),
  done: object({}),
};

const envelope = object({
  seq: whole,
  kind: oneOf("bind", "pick", "short", "skip", "drop", "undo", "report", "hand_back", "done"),
  list: text,
  lease: whole,
  by: text,
  dt: whole,
});

/** An op with its envelope, in the member order of the examples. */
export const op: Check<Op> = (value, at = "") => {
  const head = envelope(value, at);
  return { ...head, ...BODIES[head.kind](value, at) } as Op;
};

export const opsRequest = object({ stream: text, ops: list(op) });
export type OpsRequest = Infer<typeof opsRequest>;
