/** Waves, planning runs, plans and the sheet that compares them. */

import {
  type Infer,
  either,
  flag,
  list,
  nullable,
  object,
  text,
  tuple,
  whole,
  withDefault,
} from "../../../shared/check";
import { number } from "./values";

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
export const pathPoint = tuple<readonly [number, number, number]>(whole, whole, whole);
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
