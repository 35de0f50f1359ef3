import { expect, test } from "vitest";

import { en } from "../../src/lead/catalogue/en";
import { es } from "../../src/lead/catalogue/es";
import { isLanguage, label, leadText, type LeadKey } from "../../src/lead/catalogue/text";
import { parameterNames } from "../../src/shared/i18n";

const keys = Object.keys(en) as LeadKey[];

test("both languages have the same keys, none is empty", () => {
  expect(Object.keys(es).sort()).toEqual([...keys].sort());
  for (const key of keys) {
    expect(en[key].trim(), key).not.toBe("");
    expect(es[key].trim(), key).not.toBe("");
  }
});

test("every text has the same parameters and forms in both languages", () => {
  for (const key of keys) {
    expect(parameterNames(es[key]), key).toEqual(parameterNames(en[key]));
    expect(es[key].split("|"), key).toHaveLength(en[key].split("|").length);
  }
});

test("counts are declined and grouped, numbers of things are not", () => {
  const [t, s] = [leadText("en"), leadText("es")];
  expect(t("n.orders", { n: 1 })).toBe("1 order");
  expect(t("n.orders", { n: 1234 })).toBe("1,234 orders");
  expect(s("n.orders", { n: 1234 })).toBe("1.234 pedidos");
  expect(t("order.title", { number: 4711 })).toBe("Order 4711");
});

test("a word that this version does not know is shown as it came", () => {
  const t = leadText("es");
  expect(label(t, "order.state", "ready")).toBe("Listo");
  expect(label(t, "order.state", "teleported")).toBe("teleported");
  expect(label(t, "order", "constructor")).toBe("constructor");
});

test("only languages with a catalogue are languages", () => {
  expect(isLanguage("es")).toBe(true);
  expect(isLanguage("fr")).toBe(false);
  expect(isLanguage("toString")).toBe(false);
});
