/** Answers of the server, small enough to check by hand. */

import type {
  BoardList,
  LayoutDocument,
  ListDetail,
  PlanMethod,
  PlanSheet,
  Run,
  Wave,
} from "../../src/lead/api/types";
import { layoutDocument } from "../../src/lead/api/types";

export function method(name: string, change: Partial<PlanMethod> = {}): PlanMethod {
  return {
    plan_id: `plan-${name}`,
    method: name,
    length_mm: 800_000,
    duration_ms: 1_200_000,
    lists: 4,
    stops: 40,
    picks: 50,
    units: 80,
    baseline_mm: 1_000_000,
    bound_mm: null,
    saving_percent: 20,
    unplanned: [],
    termination: { reason: "time-limit", limit: "2 s" },
    recommended: false,
    ...change,
  };
}

export function leftOut(order: string, reason = "no-stock"): PlanMethod["unplanned"][number] {
  return { order_id: order, order_number: 1, reason, detail: "", sku: "S", asked: 2, free: 1 };
}

export const run: Run = {
  id: "run",
  wave_id: "wave",
  lane: "plan",
  state: "running",
  seconds: 10,
  seed: 1,
  progress: {
    method: "cluster",
    best_mm: 900_000,
    baseline_mm: 1_000_000,
    bound_mm: null,
    methods_done: ["single"],
  },
  elapsed_ms: 4_000,
  worker_alive: true,
  error: null,
  created_at: "2026-11-22T10:00:00.000Z",
  finished_at: null,
};

export const wave: Wave = {
  id: "wave",
  number: 12,
  name: "Morning",
  state: "planned",
  revision: 1,
  orders: 8,
  lines: 20,
  units: 80,
  cart_type: "cart-8",
  layout: { id: "layout", name: "demo", version: 1 },
  plan_id: null,
  run,
  progress: { tasks: 0, done: 0, short: 0, cancelled: 0, lists: 0, closed: 0 },
  created_at: "2026-11-22T10:00:00.000Z",
  launched_at: null,
  closed_at: null,
};

export function sheet(methods: PlanMethod[], change: Partial<PlanSheet> = {}): PlanSheet {
  return {
    wave,
    run,
    baseline: { plan_id: "base", length_mm: 1_000_000, duration_ms: 2_000_000, lists: 6 },
    methods,
    ...change,
  };
}

/**
 * Two aisles 4 m apart, 10 m long, a location per metre mark on both sides of the first.
 *
 * ```
 *   b ---- d      y = 10 m
 *   |      |
 *   a ---- c      y = 0; station at a
 *  x=0    x=4 m
 * ```
 */
export const layout: LayoutDocument = layoutDocument({
  format: "wavepick-layout/1",
  name: "hand",
  nodes: [
    { id: "a", x_mm: 0, y_mm: 0 },
    { id: "b", x_mm: 0, y_mm: 10_000 },
    { id: "c", x_mm: 4_000, y_mm: 0 },
    { id: "d", x_mm: 4_000, y_mm: 10_000 },
  ],
  edges: [
    { from: "a", to: "b" },
    { from: "c", to: "d", one_way: true },
    { from: "a", to: "c" },
    { from: "b", to: "d" },
  ],
  locations: [
    { id: "A-1-L", edge: ["a", "b"], offset_mm: 2_000, side: "left", zone: "Z1" },
    { id: "A-2-L", edge: ["a", "b"], offset_mm: 3_000, side: "left", zone: "Z1" },
    { id: "A-2-L-2", edge: ["a", "b"], offset_mm: 3_000, side: "left", level: 1, zone: "Z1" },
    { id: "A-1-R", edge: ["a", "b"], offset_mm: 2_000, side: "right", zone: "Z1" },
    { id: "C-1", edge: ["d", "c"], offset_mm: 4_000, side: "left", zone: "Z2" },
    { id: "N-1", node: "d" },
  ],
  stations: [{ id: "pack-1", node: "a", kind: "pack" }],
  zones: [
    { id: "Z1", name: "Small parts" },
    { id: "Z2", name: "Z2" },
  ],
});

export function boardList(change: Partial<BoardList> = {}): BoardList {
  return {
    id: "list",
    number: 231,
    wave_number: 12,
    method: "cluster",
    zone: null,
    state: "picking",
    picker: { id: "p", name: "Ana" },
    stops_total: 2,
    stops_done: 1,
    tasks_total: 2,
    tasks_done: 1,
    shorts: 0,
    length_mm: 100_000,
    duration_ms: 600_000,
    claimed_at: "2026-11-22T10:00:00.000Z",
    last_op_at: "2026-11-22T10:05:00.000Z",
    x_mm: 0,
    y_mm: 2_000,
    floor: 0,
    orders: 2,
    ...change,
  };
}

export function listDetail(change: Partial<ListDetail> = {}): ListDetail {
  const task = {
    id: "t",
    sku: "SKU-1",
    name: "Cup",
    quantity: 3,
    picked: 3,
    short: 0,
    cancelled: 0,
    state: "done",
    slot: 0,
    order_number: 4711,
  };
  const stop = { x_mm: 0, y_mm: 2_000, floor: 0 };
  return {
    ...boardList(),
    stops: [
      { ...stop, id: "s1", location: "A-1-L", position: 0, tasks: [task] },
      {
        ...stop,
        id: "s2",
        location: "A-1-R",
        position: 1,
        tasks: [{ ...task, id: "u", picked: 1, short: 1, state: "waiting" }],
      },
    ],
    path: [
      [0, 0, 0],
      [0, 2_000, 0],
      [0, 0, 0],
    ],
    totes: [],
    ops: [],
    ...change,
  };
}
