import { expect, test } from "vitest";

import { floorTasks, type FloorTask } from "../../src/lead/api/types";
import { formOf, outcomeOf, workOf } from "../../src/lead/state/floor_task";

function task(change: Partial<FloorTask> = {}): FloorTask {
  return {
    id: "f",
    kind: "put-back",
    state: "open",
    cause: "order-cancelled",
    location: "A-1",
    tote: "T-0001",
    sku: "SKU-1",
    name: "Cup",
    quantity: 3,
    order_number: 4711,
    list_number: null,
    created_at: "2026-11-22T10:00:00.000Z",
    ...change,
  };
}
const count = task({ id: "c", kind: "count", cause: "short", tote: null, quantity: 0 });

test("goods go back whole to where they came from unless the lead says otherwise", () => {
  const form = formOf(task());
  expect(form).toEqual({ location: "A-1", units: "3" });
  expect(outcomeOf(task(), form)).toEqual({ location: "A-1", quantity: 3, lost: 0 });
  expect(outcomeOf(task(), { location: " B-2 ", units: " 2 " })).toEqual({
    location: "B-2",
    quantity: 2,
    lost: 1,
  });
});

test("a count begins without a number and takes any, none too", () => {
  const form = formOf(count);
  expect(form).toEqual({ location: "A-1", units: "" });
  expect(outcomeOf(count, form)).toBeNull();
  expect(outcomeOf(count, { ...form, units: "0" })?.quantity).toBe(0);
  expect(outcomeOf(count, { ...form, units: "40" })).toMatchObject({ quantity: 40, lost: 0 });
});

test.each(["", "-1", "1.5", "1e3", "many", "4"])("%j units cannot be put back of 3", (units) => {
  expect(outcomeOf(task(), { location: "A-1", units })).toBeNull();
});

test("more than the server takes is not counted", () => {
  expect(outcomeOf(count, { location: "A-1", units: "999999" })?.quantity).toBe(999_999);
  expect(outcomeOf(count, { location: "A-1", units: "1000000" })).toBeNull();
});

test("without a location nothing is put back", () => {
  const unknown = task({ location: null });
  expect(outcomeOf(unknown, formOf(unknown))).toBeNull();
});

test("goods of a parked scan cannot be lost: the books never took them", () => {
  expect(outcomeOf(task({ cause: "parked" }), { location: "A-1", units: "1" })?.lost).toBe(0);
});

test("the server's answer is read as it is", () => {
  expect(floorTasks({ tasks: [task(), count] }).tasks).toEqual([task(), count]);
});

test("orders wait for put-backs: they come first, and a place is counted once", () => {
  const later = { ...count, id: "g" };
  const elsewhere = { ...count, id: "h", location: "A-2" };
  expect(workOf([count, later, elsewhere, task()]).map(({ id }) => id)).toEqual(
    [task(), count, elsewhere].map(({ id }) => id),
  );
});
