/**
 * Shapes of `/api/v1` as the console reads them, checked when an answer arrives.
 *
 * Times are ISO UTC strings; lengths are millimetres, durations milliseconds, weights grams,
 * volumes millilitres. Ids are opaque; people see `number`. States stay open words: a newer
 * server may know more of them, and they are shown as they are.
 */

import {
  either,
  flag,
  type Infer,
  list,
  nullable,
  object,
  record,
  text,
  tuple,
  whole,
  withDefault,
  type Check,
} from "../../shared/check";

/** Any finite number. */
const number: Check<number> = (value, at = "") => {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  return whole(value, at);
};

/** Taken as it is; whoever uses it looks at it first. */
export const anything: Check<unknown> = (value) => value;

const person = object({ id: text, badge: text, name: text, role: text, language: text });
export type Person = Infer<typeof person>;

export const session = object({ sign_in: text, person });
export const sessionOpened = object({ token: text, person });
export type SessionOpened = Infer<typeof sessionOpened>;

const missing = object({ sku: text, asked: whole, free: whole, missing: whole });
export type Missing = Infer<typeof missing>;

const orderFields = {
  id: text,
  number: whole,
  channel: text,
  external_id: text,
  state: text,
  /** 0 (most urgent) to 3. */
  priority: whole,
  ship_by: nullable(text),
  carrier: nullable(text),
  service: nullable(text),
  lines: whole,
  units: whole,
  holds: list(object({ reason: text, detail: text })),
  missing: list(missing),
  wave: nullable(whole),
  received_at: text,
};
const order = object(orderFields);
export type Order = Infer<typeof order>;

/** Where the units of an order line are; the parts add up to what was ordered. */
export const BUCKETS = [
  "open",
  "allocated",
  "in_list",
  "picked",
  "consolidated",
  "packed",
  "shipped",
  "short_closed",
  "cancelled",
] as const;

const orderLine = object({
  id: text,
  position: whole,
  sku: text,
  name: text,
  ordered: whole,
  buckets: record(whole),
  state: text,
});
export type OrderLine = Infer<typeof orderLine>;

const ledgerMove = object({
  at: text,
  from: nullable(text),
  to: text,
  quantity: whole,
  cause: text,
  sku: text,
});
export type LedgerMove = Infer<typeof ledgerMove>;

export const orderDetail = object({
  ...orderFields,
  lines_detail: list(orderLine),
  moves: list(ledgerMove),
});
export type OrderDetail = Infer<typeof orderDetail>;

export const orderPage = object({
  orders: list(order),
  next: nullable(whole),
  counts: record(whole),
});
export type OrderPage = Infer<typeof orderPage>;

/** What a wave takes; sent, never received. */
export interface OrderFilter {
  channel?: string;
  carrier?: string;
  priority?: number;
  ship_by_before?: string;
  single_line?: boolean;
  max_orders?: number;
  order_ids?: string[];
}

export const preview = object({
  orders: whole,
  lines: whole,
  units: whole,
  weight_g: whole,
  volume_ml: whole,
  order_ids: list(text),
});
export type Preview = Infer<typeof preview>;

export const cartTypes = object({
  cart_types: list(object({ code: text, name: text, slots: whole })),
});

const runProgress = object({
  method: withDefault(nullable(text), null),
  best_mm: withDefault(nullable(whole), null),
  baseline_mm: withDefault(nullable(whole), null),
  bound_mm: withDefault(nullable(whole), null),
  methods_done: withDefault(
    list(either(text, object({ method: text, length_mm: withDefault(nullable(whole), null) }))),
    [],
  ),
});

export const run = object({
  id: text,
  wave_id: text,
  lane: text,
  state: text,
  seconds: number,
  seed: whole,
  progress: runProgress,
  elapsed_ms: nullable(whole),
  worker_alive: flag,
  error: nullable(text),
  created_at: text,
  finished_at: nullable(text),
});
export type Run = Infer<typeof run>;

const waveProgress = object({
  tasks: whole,
  done: whole,
  short: whole,
  cancelled: whole,
  lists: whole,
  closed: whole,
});
export type WaveProgress = Infer<typeof waveProgress>;

export const wave = object({
  id: text,
  number: whole,
  name: text,
  state: text,
  revision: whole,
  orders: whole,
  lines: whole,
  units: whole,
  cart_type: text,
  layout: object({ id: text, name: text, version: whole }),
  plan_id: nullable(text),
  run: nullable(run),
  progress: waveProgress,
  created_at: text,
  launched_at: nullable(text),
  closed_at: nullable(text),
});
export type Wave = Infer<typeof wave>;
export const waves = object({ waves: list(wave) });

const unplanned = object({
  order_id: text,
  order_number: nullable(whole),
  reason: text,
  detail: text,
  sku: nullable(text),
  asked: whole,
  free: whole,
});

const planMethod = object({
  plan_id: text,
  method: text,
  length_mm: whole,
  duration_ms: whole,
  lists: whole,
  stops: whole,
  picks: whole,
  units: whole,
  baseline_mm: whole,
  bound_mm: nullable(whole),
  saving_percent: number,
  unplanned: list(unplanned),
  termination: object({ reason: text, limit: text }),
  recommended: flag,
});
export type PlanMethod = Infer<typeof planMethod>;

const planBaseline = object({
  plan_id: text,
  length_mm: whole,
  duration_ms: whole,
  lists: whole,
});
export type PlanBaseline = Infer<typeof planBaseline>;

export const planSheet = object({
  wave,
  run,
  baseline: nullable(planBaseline),
  methods: list(planMethod),
});
export type PlanSheet = Infer<typeof planSheet>;

/** A corner of a walked line: x and y in millimetres, floor. */
const pathPoint = tuple<readonly [number, number, number]>(whole, whole, whole);
export type PathPoint = Infer<typeof pathPoint>;

const planList = object({
  id: text,
  method: text,
  zone: withDefault(nullable(text), null),
  length_mm: whole,
  duration_ms: whole,
  stops: list(object({ location: text })),
  path: list(pathPoint),
});
export const planDocument = object({ method: text, lists: list(planList) });
export type PlanDocument = Infer<typeof planDocument>;
export type PlanList = Infer<typeof planList>;

export const launchResult = object({ lists: whole, tasks: whole, wave });
export type LaunchResult = Infer<typeof launchResult>;

const boardListFields = {
  id: text,
  number: whole,
  wave_number: whole,
  method: text,
  zone: nullable(text),
  state: text,
  picker: nullable(object({ id: text, name: text })),
  stops_total: whole,
  stops_done: whole,
  tasks_total: whole,
  tasks_done: whole,
  shorts: whole,
  length_mm: whole,
  duration_ms: whole,
  claimed_at: nullable(text),
  last_op_at: nullable(text),
  /** Position of the last finished stop; null before the first. */
  x_mm: nullable(whole),
  y_mm: nullable(whole),
  floor: nullable(whole),
  orders: whole,
};
const boardList = object(boardListFields);
export type BoardList = Infer<typeof boardList>;

export const waveLists = object({ lists: list(boardList) });

const exceptionCard = object({
  id: text,
  kind: text,
  at: text,
  list_number: nullable(whole),
  order_number: nullable(whole),
  location: nullable(text),
  sku: nullable(text),
  quantity: whole,
  detail: anything,
});
export type ExceptionCard = Infer<typeof exceptionCard>;

const boardPicker = object({
  id: text,
  name: text,
  connected: flag,
  list_number: nullable(whole),
});
export type BoardPicker = Infer<typeof boardPicker>;

export const board = object({
  now: text,
  waves: list(wave),
  lists: list(boardList),
  exceptions: list(exceptionCard),
  workers: object({ alive: whole, lanes: list(text) }),
  pickers: list(boardPicker),
});
export type Board = Infer<typeof board>;

const listTask = object({
  id: text,
  sku: text,
  name: text,
  quantity: whole,
  picked: whole,
  short: whole,
  cancelled: whole,
  state: text,
  slot: whole,
  order_number: nullable(whole),
});
export type ListTask = Infer<typeof listTask>;

const listStop = object({
  id: text,
  location: text,
  x_mm: whole,
  y_mm: whole,
  floor: whole,
  position: whole,
  tasks: list(listTask),
});
export type ListStop = Infer<typeof listStop>;

const listTote = object({
  slot: whole,
  label: text,
  tote: nullable(text),
  order_number: nullable(whole),
  dropped_station: nullable(text),
});

const listOp = object({
  at: text,
  seq: whole,
  kind: text,
  task: nullable(text),
  verdict: text,
  code: text,
});
export type ListOp = Infer<typeof listOp>;

export const listDetail = object({
  ...boardListFields,
  stops: list(listStop),
  path: list(pathPoint),
  totes: list(listTote),
  ops: list(listOp),
});
export type ListDetail = Infer<typeof listDetail>;

const layoutLocation = object({
  id: text,
  node: withDefault(nullable(text), null),
  edge: withDefault(nullable(tuple<readonly [string, string]>(text, text)), null),
  offset_mm: withDefault(whole, 0),
  side: withDefault(nullable(text), null),
  zone: withDefault(nullable(text), null),
});
export type LayoutLocation = Infer<typeof layoutLocation>;

export const layoutDocument = object({
  name: text,
  nodes: list(object({ id: text, x_mm: whole, y_mm: whole, floor: withDefault(whole, 0) })),
  edges: list(object({ from: text, to: text, one_way: withDefault(flag, false) })),
  locations: list(layoutLocation),
  stations: list(object({ id: text, node: text, kind: text })),
  zones: withDefault(list(object({ id: text, name: text })), []),
});
export type LayoutDocument = Infer<typeof layoutDocument>;

export const activeLayout = object({
  id: text,
  name: text,
  version: whole,
  document: layoutDocument,
});
export type ActiveLayout = Infer<typeof activeLayout>;
