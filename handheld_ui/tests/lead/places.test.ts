import { expect, test } from "vitest";

import { detailWords } from "../../src/lead/components/board_side";
import { leadText } from "../../src/lead/catalogue/text";
import { formatRoute, parseRoute, type Route } from "../../src/lead/state/router";
import { forgetSession, storedSession, storeSession } from "../../src/lead/state/session";

const routes: Route[] = [
  { view: "orders" },
  { view: "waves" },
  { view: "builder" },
  { view: "wave", id: "01a2", tab: "plan" },
  { view: "wave", id: "01a2", tab: "report" },
  { view: "board" },
  { view: "map", list: null },
  { view: "map", list: "01a2" },
];

test.each(routes)("$view survives the address", (route) => {
  expect(parseRoute(formatRoute(route))).toEqual(route);
});

test.each(["", "#", "#/nowhere", "#/orders/x/y"])("%j leads to the orders", (hash) => {
  expect(parseRoute(hash)).toEqual({ view: "orders" });
});

class Shelf implements Pick<Storage, "getItem" | "setItem" | "removeItem"> {
  readonly #values = new Map<string, string>();
  getItem = (key: string): string | null => this.#values.get(key) ?? null;
  setItem = (key: string, value: string): void => void this.#values.set(key, value);
  removeItem = (key: string): void => void this.#values.delete(key);
}

test("a session is kept for the tab and forgotten on request", () => {
  const shelf = new Shelf();
  const person = { id: "1", badge: "B-1", name: "Lena", role: "lead", language: "en" };
  storeSession({ token: "secret", person }, shelf);
  expect(storedSession(shelf)).toEqual({ token: "secret", person });
  forgetSession(shelf);
  expect(storedSession(shelf)).toBeNull();
});

test.each(["null", "{}", '{"token":1}', "not json"])("a spoiled session %j is none", (value) => {
  const shelf = new Shelf();
  shelf.setItem("wavepick-lead-session", value);
  expect(storedSession(shelf)).toBeNull();
});

test("details of an exception are said in words, row ids are not", () => {
  const t = leadText("en");
  const detail = {
    reason: "fewer",
    counted: 0,
    replan: "01a202c0779daefd826aec62e410c365",
    more: { deep: true },
  };
  expect(detailWords(detail, t)).toEqual(["Reason: fewer than asked", "Counted: 0"]);
  expect(detailWords(null, t)).toEqual([]);
});
