import { expect, test } from "vitest";

import type { WaveFigures } from "../../src/lead/api/report";
import {
  comparedFigures,
  comparedTables,
  planAndFact,
  shortRows,
  workedMs,
} from "../../src/lead/plan/report";
import { boardList, listDetail } from "./fixture";

const figures: WaveFigures = {
  wave: 12,
  orders: { "4711": { picked: 3, short_closed: 1 }, "4712": { picked: 2 } },
  units: { open: 0, picked: 5, short_closed: 1 },
  tasks: { picked: 5, short: 1 },
  taken: { "A-1-L": { "SKU-1": 5 } },
  on_hand: { "A-1-L": { "SKU-1": 7 } },
  containers: { "T-0001": { "SKU-1": 5 } },
};

test("equal books show no difference, and empty buckets are left out", () => {
  expect(comparedFigures(figures, figures)).toEqual([
    { name: "units.picked", report: 5, recount: 5 },
    { name: "units.short_closed", report: 1, recount: 1 },
    { name: "tasks.picked", report: 5, recount: 5 },
    { name: "tasks.short", report: 1, recount: 1 },
  ]);
  const tables = comparedTables(figures, figures);
  expect(
    tables.map(({ name, entries, differences }) => [name, entries, differences.length]),
  ).toEqual([
    ["orders", 3, 0],
    ["taken", 1, 0],
    ["on_hand", 1, 0],
    ["containers", 1, 0],
  ]);
});

test("a difference is named by place and item, also when one side lacks it", () => {
  const recount = { ...figures, taken: { "A-1-L": { "SKU-1": 4 }, "A-2-L": { "SKU-1": 1 } } };
  expect(comparedTables(figures, recount)[1]?.differences).toEqual([
    { name: "A-1-L · SKU-1", report: 5, recount: 4 },
    { name: "A-2-L · SKU-1", report: 0, recount: 1 },
  ]);
});

test("work is counted from the claim to the last scan", () => {
  expect(workedMs(boardList())).toBe(5 * 60_000);
  expect(workedMs(boardList({ last_op_at: null }))).toBeNull();
});

test("worked time is compared with the plan of lists that were begun", () => {
  const facts = planAndFact([
    boardList({ state: "closed" }),
    boardList({ id: "b", state: "ready", claimed_at: null, last_op_at: null }),
  ]);
  expect(facts).toEqual({
    lists: 2,
    closed: 1,
    length_mm: 200_000,
    planned_ms: 1_200_000,
    worked_ms: 300_000,
    planned_begun_ms: 600_000,
  });
});

test("shorts of one place and item are added over lists, the largest first", () => {
  const one = listDetail();
  const other = listDetail({
    number: 232,
    stops: one.stops.map((stop) => ({
      ...stop,
      tasks: stop.tasks.map((task) => ({ ...task, short: stop.location === "A-1-L" ? 3 : 1 })),
    })),
  });
  expect(shortRows([one, other])).toEqual([
    { location: "A-1-L", sku: "SKU-1", name: "Cup", asked: 3, short: 3, lists: [232] },
    { location: "A-1-R", sku: "SKU-1", name: "Cup", asked: 6, short: 2, lists: [231, 232] },
  ]);
});
