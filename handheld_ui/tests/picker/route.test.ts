import { expect, test } from "vitest";

import { placeFacts } from "../../src/picker/screens/place";
import { boundsOf, wayTo } from "../../src/picker/screens/route";
import { viewOf } from "../../src/picker/view";
import type { Snapshot, Stop } from "../../src/shared/protocol";
import { snapshot } from "./fixture";

const [FIRST] = snapshot().stops;

function stop(x_mm: number, y_mm: number, over: Partial<Stop> = {}): Stop {
  if (FIRST === undefined) throw new Error("the fixture has stops");
  return { ...FIRST, x_mm, y_mm, ...over };
}

/** Up the first aisle, across, down the second; 4 m wide, 10 m long. */
const PATH: Snapshot["path"] = [
  [0, 0, 0],
  [0, 10_000, 0],
  [4000, 10_000, 0],
  [4000, 0, 0],
];

test("the first way begins where the tour does", () => {
  expect(wayTo(PATH, undefined, stop(200, 3000))).toEqual([
    [0, 0],
    [0, 3000],
    [200, 3000],
  ]);
});

test("a way round the corner passes the corners", () => {
  expect(wayTo(PATH, stop(200, 7000), stop(3800, 6000))).toEqual([
    [0, 7000],
    [0, 10_000],
    [4000, 10_000],
    [4000, 6000],
    [3800, 6000],
  ]);
});

test("a place that the tour passes twice is looked for ahead, not behind", () => {
  const there = [...PATH].slice(0, 2);
  const path: Snapshot["path"] = [...there, [4000, 10_000, 0], [0, 10_000, 0], [0, 5000, 0]];
  const way = wayTo(path, stop(4000, 10_000), stop(0, 6000));
  expect(way.at(-2)).toEqual([0, 6000]);
  expect(way).toContainEqual([0, 10_000]);
});

test("a list without a path draws no way", () => {
  expect(wayTo([], undefined, stop(0, 0))).toEqual([]);
});

test("the map has a margin, and a single aisle some width", () => {
  const box = boundsOf([
    [0, 0],
    [0, 10_000],
  ]);
  expect(box.width).toBe(4000 + 2 * 900); // 40 % of the length, 9 % margin each side
  expect(box.height).toBe(10_000 + 2 * 900);
  expect([box.x, box.y]).toEqual([-2900, -900]);
});

test("a place in words: at least a metre, the level, and the floor when there are several", () => {
  const keys = (over: Partial<Stop>): string =>
    placeFacts(stop(0, 0, over))
      .map(({ key }) => key)
      .join(" ");
  expect(keys({})).toBe("goto.distance goto.left goto.level");
  expect(keys({ side: "right", level: 0, floor: 2 })).toBe(
    "goto.distance goto.right goto.floor-level goto.floor",
  );
  expect(keys({ side: null, level: null })).toBe("goto.distance");
  expect(placeFacts(stop(0, 0, { distance_mm: 80 }))[0]).toMatchObject({ with: { n: 1 } });
});

test("stops the server knows as skipped come last, in their order", () => {
  const list = snapshot();
  const tasks = list.tasks.map((task) =>
    task.stop === "s1" ? { ...task, state: "skipped" } : task,
  );
  const view = viewOf({ ...list, tasks }, [], 0);
  expect(view.stops.map(({ id }) => id)).toEqual(["s2", "s3", "s1"]);
});

test("a stop of which only a part was skipped keeps its place", () => {
  const list = snapshot();
  const tasks = list.tasks.map((task) => (task.id === "t3" ? { ...task, state: "skipped" } : task));
  expect(viewOf({ ...list, tasks }, [], 0).stops.map(({ id }) => id)).toEqual(["s1", "s2", "s3"]);
});
