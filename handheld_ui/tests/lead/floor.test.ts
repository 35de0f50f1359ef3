import { expect, test } from "vitest";

import { fit, inSight, onPlan, pan, toFloor, toScreen, zoom } from "../../src/lead/map/camera";
import { boundsOf, cellAt, floorPlan } from "../../src/lead/map/geometry";
import { onFloor, pickerMarks, plannedRoute, walkedRoute } from "../../src/lead/map/scene";
import { boardList, layout, listDetail } from "./fixture";

const plan = floorPlan(layout);

/** Aisles 4 m apart: half an aisle is 0.8 m, a rack face 1.08 m deep. */
function corners(code: string): [number, number][] {
  const cell = plan.cells[plan.cellOf.get(code) ?? -1];
  if (!cell) throw new Error(`no cell of ${code}`);
  return cell.corners.map(({ x, y }) => [Math.round(x), Math.round(y)]);
}

test("left is left of the edge's direction, at its offset, as wide as the gap to the next", () => {
  // Walking up from a to b, left is towards smaller x.
  expect(corners("A-1-L")).toEqual([
    [-800, 1_500],
    [-800, 2_500],
    [-1_880, 2_500],
    [-1_880, 1_500],
  ]);
});

test("the other side mirrors it", () => {
  const xs = corners("A-1-R").map(([x]) => x);
  expect(Math.min(...xs)).toBe(800);
  expect(Math.max(...xs)).toBe(1_880);
});

test("an edge named against its direction counts from its own first node", () => {
  // From d (4 m, 10 m) down to c: 4 m along is y = 6 m, and left is towards larger x.
  const cell = plan.cells[plan.cellOf.get("C-1") ?? -1];
  expect(cell?.access).toEqual({ x: 4_000, y: 6_000 });
  expect(Math.min(...corners("C-1").map(([x]) => x))).toBe(4_800);
});

test("levels of one place share a cell", () => {
  expect(plan.cellOf.get("A-2-L")).toBe(plan.cellOf.get("A-2-L-2"));
  expect(plan.cells[plan.cellOf.get("A-2-L") ?? -1]?.codes).toEqual(["A-2-L", "A-2-L-2"]);
});

test("a location at a node stands on it", () => {
  expect(plan.cells[plan.cellOf.get("N-1") ?? -1]?.access).toEqual({ x: 4_000, y: 10_000 });
});

test("zones keep the order of the layout and count their locations", () => {
  expect(plan.zoneIds).toEqual(["Z1", "Z2"]);
  expect(plan.zones.map(({ id, name, locations }) => [id, name, locations])).toEqual([
    ["Z1", "Small parts", 4],
    ["Z2", "Z2", 1],
  ]);
});

test("a point between the corners names the cell, one in the aisle none", () => {
  expect(cellAt(plan, 0, { x: -1_000, y: 2_000 })?.codes).toEqual(["A-1-L"]);
  expect(cellAt(plan, 0, { x: 0, y: 2_000 })).toBeNull();
  expect(cellAt(plan, 1, { x: -1_000, y: 2_000 })).toBeNull();
});

test("bounds hold edges and racks; an unknown floor has none", () => {
  expect(boundsOf(plan, 0)).toEqual({
    min: { x: -1_880, y: 0 },
    max: { x: 5_880, y: 10_270 },
  });
  expect(boundsOf(plan, 7)).toBeNull();
});

test("one-way edges and stations are kept", () => {
  expect(plan.segments.filter((segment) => segment.one_way)).toHaveLength(1);
  expect(plan.stations).toEqual([{ id: "pack-1", kind: "pack", at: { x: 0, y: 0 }, floor: 0 }]);
});

const camera = fit({ min: { x: 0, y: 0 }, max: { x: 10_000, y: 5_000 } }, 1_000, 800, 0);

test("fitting shows everything in the middle, y upwards", () => {
  expect(camera.scale).toBe(0.1);
  expect(toScreen(camera, { x: 0, y: 0 })).toEqual({ x: 0, y: 650 });
  expect(toScreen(camera, { x: 10_000, y: 5_000 })).toEqual({ x: 1_000, y: 150 });
});

test("screen and floor are inverse", () => {
  const at = { x: 123, y: 456 };
  const back = toScreen(camera, toFloor(camera, at));
  expect(back.x).toBeCloseTo(at.x);
  expect(back.y).toBeCloseTo(at.y);
});

test("zooming keeps the floor under the pointer, and stops at its limits", () => {
  const at = { x: 200, y: 300 };
  const under = toFloor(camera, at);
  const near = zoom(camera, at, 2, 0.01);
  expect(near.scale).toBeCloseTo(0.2);
  expect(toFloor(near, at).x).toBeCloseTo(under.x);
  expect(toFloor(near, at).y).toBeCloseTo(under.y);
  expect(zoom(camera, at, 1_000, 0.01).scale).toBe(0.4);
  expect(zoom(camera, at, 0.0001, 0.05).scale).toBe(0.05);
});

test("dragging moves the floor with the pointer", () => {
  const before = toScreen(camera, { x: 1_000, y: 1_000 });
  const after = toScreen(pan(camera, 30, -20), { x: 1_000, y: 1_000 });
  expect([after.x - before.x, after.y - before.y]).toEqual([30, -20]);
});

test("dragging never loses the plan: its edge stops in the middle of the view", () => {
  const bounds = { min: { x: 0, y: 0 }, max: { x: 10_000, y: 5_000 } };
  const lost = pan(camera, -5_000, 5_000);
  expect(onPlan(lost, bounds).centre).toEqual({ x: 10_000, y: 5_000 });
  expect(onPlan(camera, bounds).centre).toEqual(camera.centre);
});

test("what is beside the canvas is out of sight, but for a margin", () => {
  expect(inSight(camera, { x: 10_400, y: 2_500 }, 50)).toBe(true); // 40 pixels beside
  expect(inSight(camera, { x: 10_600, y: 2_500 }, 50)).toBe(false);
});

test("a walked line is cut where it leaves the floor", () => {
  const path = [
    [0, 0, 0],
    [1, 0, 0],
    [1, 0, 1],
    [2, 0, 1],
    [2, 0, 0],
    [3, 0, 0],
  ] as const;
  expect(onFloor(path, 0)).toEqual([
    [
      { x: 0, y: 0 },
      { x: 1, y: 0 },
    ],
    [
      { x: 2, y: 0 },
      { x: 3, y: 0 },
    ],
  ]);
});

test("a stop is done once nothing of its tasks is open; it stands on its rack", () => {
  const route = walkedRoute(listDetail(), 0, plan);
  expect(route.stops.map(({ location, done }) => [location, done])).toEqual([
    ["A-1-L", true],
    ["A-1-R", false], // 1 picked + 1 short of 3
  ]);
  expect(route.stops[0]?.at).toEqual({ x: -1_340, y: 2_000 });
  expect(route.stops[0]?.access).toEqual({ x: 0, y: 2_000 });
});

test("stops of a plan at locations that the layout lacks are left out, not misplaced", () => {
  const planned = {
    id: "l",
    method: "cluster",
    zone: null,
    length_mm: 1,
    duration_ms: 1,
    stops: [{ location: "A-1-L" }, { location: "gone" }, { location: "A-1-R" }],
    path: [],
  };
  expect(plannedRoute(planned, "1", 0, plan).stops.map((stop) => stop.position)).toEqual([1, 3]);
});

test("a picker is on the plan after the first finished stop", () => {
  const lists = [
    boardList(),
    boardList({ id: "b", picker: { id: "q", name: "Luis" }, x_mm: null, y_mm: null, floor: null }),
    boardList({ id: "c", picker: null }),
  ];
  expect(pickerMarks(lists)).toEqual([
    { id: "p", name: "Ana", list: 231, at: { x: 0, y: 2_000 }, floor: 0 },
  ]);
});
