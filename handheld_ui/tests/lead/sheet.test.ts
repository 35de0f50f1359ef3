import { expect, test } from "vitest";

import {
  chosenPlan,
  columns,
  gapPercent,
  methodProgress,
  savingPercent,
} from "../../src/lead/plan/sheet";
import { leftOut, method, run, sheet, wave } from "./fixture";

test("columns stand in the order of the methods, unknown ones last", () => {
  const given = sheet([method("robots"), method("zone"), method("single"), method("cluster")]);
  expect(columns(given).map((column) => column.method)).toEqual([
    "single",
    "cluster",
    "zone",
    "robots",
  ]);
});

test("the shortest and the fastest are marked among plans that leave out equally few", () => {
  const given = sheet([
    method("single", { length_mm: 900_000, duration_ms: 1_000_000 }),
    method("cluster", { length_mm: 700_000, duration_ms: 1_100_000 }),
    // Shorter only because an order is missing.
    method("zone", { length_mm: 100_000, duration_ms: 100_000, unplanned: [leftOut("o1")] }),
    method("total", { length_mm: 0, lists: 0, unplanned: [leftOut("o1"), leftOut("o2")] }),
  ]);
  const marks = columns(given).map(({ method: name, shortest, fastest, launchable }) => [
    name,
    shortest,
    fastest,
    launchable,
  ]);
  expect(marks).toEqual([
    ["single", false, true, true],
    ["cluster", true, false, true],
    ["zone", false, false, true],
    ["total", false, false, false],
  ]);
});

test("an order with two causes is left out once", () => {
  const given = sheet([method("single", { unplanned: [leftOut("o1"), leftOut("o1", "limit")] })]);
  expect(columns(given)[0]?.left_out_orders).toBe(1);
});

test("gap is what lies above the bound, as a part of the length", () => {
  expect(gapPercent(1_000, 900)).toBe(10);
  expect(gapPercent(1_000, 1_000)).toBe(0);
  expect(gapPercent(1_000, null)).toBeNull();
  expect(gapPercent(0, 0)).toBeNull();
});

test("saving against the baseline may be negative and needs a baseline", () => {
  expect(savingPercent(750, 1_000)).toBe(25);
  expect(savingPercent(1_500, 1_000)).toBe(-50);
  expect(savingPercent(750, null)).toBeNull();
  expect(savingPercent(null, 1_000)).toBeNull();
});

test("the launched plan is shown; before that the lead's choice; else the recommended", () => {
  const methods = [method("single"), method("cluster", { recommended: true })];
  expect(chosenPlan(sheet(methods), null)).toBe("plan-cluster");
  expect(chosenPlan(sheet(methods), "plan-single")).toBe("plan-single");
  expect(chosenPlan(sheet(methods), "plan-of-an-older-run")).toBe("plan-cluster");
  const launched = sheet(methods, { wave: { ...wave, plan_id: "plan-single" } });
  expect(chosenPlan(launched, "plan-cluster")).toBe("plan-single");
});

test("a plan without lists is never chosen by itself", () => {
  const methods = [method("total", { lists: 0, recommended: true }), method("zone")];
  expect(chosenPlan(sheet(methods), null)).toBe("plan-zone");
  expect(chosenPlan(sheet([method("total", { lists: 0 })]), null)).toBeNull();
});

test("progress joins what the run says with the plans that are stored", () => {
  const rows = methodProgress(run, sheet([method("single", { length_mm: 1_200_000 })]));
  expect(rows.map(({ method: name, state, best_mm }) => [name, state, best_mm])).toEqual([
    ["single", "done", 1_200_000],
    ["cluster", "searching", 900_000],
    ["sort-after", "waiting", null],
    ["zone", "waiting", null],
    ["total", "waiting", null],
  ]);
  expect(rows[0]?.saving_percent).toBe(-20);
});

test("a method without a list has no length to show", () => {
  const rows = methodProgress(run, sheet([method("total", { lists: 0, length_mm: 0 })]));
  expect(rows.at(-1)).toMatchObject({ state: "done", best_mm: null, saving_percent: null });
});

test("plans of an older run are not progress of this one", () => {
  const older = sheet([method("total")], { run: { ...run, id: "older" } });
  expect(methodProgress(run, older).at(-1)?.state).toBe("waiting");
});
