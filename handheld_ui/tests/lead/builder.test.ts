import { expect, test } from "vitest";

import {
  defaultName,
  distinct,
  EMPTY_FORM,
  filterOf,
  secondsOf,
} from "../../src/lead/plan/builder";
import { NOTHING, readyOrderIds, toggled } from "../../src/lead/state/selection";

test("what is left open is no condition", () => {
  expect(filterOf(EMPTY_FORM, new Set())).toEqual({});
});

test("every field becomes its condition, times with their zone", () => {
  const form = {
    channel: " web ",
    carrier: "Swift",
    priority: "0",
    single_line: true,
    ship_by_before: "2026-11-22T16:00",
    max_orders: "40",
  };
  expect(filterOf(form, new Set(["a"]))).toEqual({
    channel: "web",
    carrier: "Swift",
    priority: 0,
    single_line: true,
    ship_by_before: new Date("2026-11-22T16:00").toISOString(),
    max_orders: 40,
    order_ids: ["a"],
  });
});

test.each(["0", "-3", "many", ""])("%j orders at most is no limit", (most) => {
  expect(filterOf({ ...EMPTY_FORM, max_orders: most }, new Set())).toEqual({});
});

test.each([
  ["20", 20],
  ["", 10],
  ["0", 1],
  ["9999", 300],
])("%j seconds are taken as %i", (typed, seconds) => {
  expect(secondsOf(typed)).toBe(seconds);
});

test("a name says carrier, channel and time", () => {
  expect(defaultName(EMPTY_FORM, "22 Nov, 10:02")).toBe("22 Nov, 10:02");
  expect(defaultName({ ...EMPTY_FORM, carrier: "Swift" }, "10:02")).toBe("Swift 10:02");
});

test("suggestions are distinct and sorted, without gaps", () => {
  expect(distinct(["b", null, "a", "b"])).toEqual(["a", "b"]);
});

test("all ready orders are gathered over all pages", async () => {
  const asked: unknown[] = [];
  const pages = [
    { orders: [{ id: "1" }, { id: "2" }], next: 2, counts: {} },
    { orders: [{ id: "3" }], next: null, counts: {} },
  ];
  const api = {
    orders: (query: { after?: number | null }) => {
      asked.push(query.after ?? null);
      return Promise.resolve(pages[asked.length - 1]);
    },
  };
  const ids = await readyOrderIds(api as unknown as Parameters<typeof readyOrderIds>[0], {});
  expect(ids).toEqual(["1", "2", "3"]);
  expect(asked).toEqual([null, 2]);
});

test("choosing never changes an older selection", () => {
  const one = toggled(NOTHING, "a", true);
  expect([...toggled(one, "a", false).ids]).toEqual([]);
  expect([...one.ids]).toEqual(["a"]);
});
