import { readdirSync, readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { parameterNames } from "../../src/shared/i18n";
import { en, type Key } from "../../src/picker/text/en";
import { es } from "../../src/picker/text/es";
import { languageOf, speak } from "../../src/picker/text/languages";

const keys = Object.keys(en) as Key[];

test("Spanish has every text, no other, and none is empty", () => {
  expect(Object.keys(es).sort()).toEqual([...keys].sort());
  for (const key of keys) expect(es[key].trim(), key).not.toBe("");
});

test("texts have the same parameters and forms in both languages", () => {
  const forms = (text: string): readonly (readonly string[])[] =>
    text.split("|").map(parameterNames);
  for (const key of keys) expect(forms(es[key]), key).toEqual(forms(en[key]));
});

test("Spanish is translated", () => {
  const words = (text: string): string => text.replace(/\{\w+\}/g, "");
  const same = keys.filter((key) => es[key] === en[key] && /[a-z]{3}/i.test(words(en[key])));
  // Digits and letters of a keypad are alike everywhere.
  expect(same).toEqual(["button.letters"]);
});

test("plural forms follow the language", () => {
  const say = speak("en");
  expect(say({ key: "home.stops", with: { n: 1 } })).toBe("1 stop");
  expect(say({ key: "home.stops", with: { n: 26 } })).toBe("26 stops");
  expect(speak("es")({ key: "home.orders", with: { n: 1 } })).toBe("1 pedido");
});

test("a value that looks like a parameter is not filled in again", () => {
  const said = speak("en")({ key: "seen.unknown", with: { code: "{code} $& {n}" } });
  expect(said).toBe("Nobody here knows “{code} $& {n}”.");
});

test("languages of browsers and persons lead to a catalogue", () => {
  expect([languageOf("es-MX"), languageOf("en-GB"), languageOf("de")]).toEqual(["es", "en", "en"]);
});

test("every text is used somewhere", () => {
  const folder = new URL("../../src/picker/", import.meta.url);
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name) && !name.startsWith("text/"))
    .map((name) => readFileSync(new URL(name, folder), "utf8"))
    .join("\n");
  const made = [...sources.matchAll(/`(\w[\w-]*\.)\$\{/g)].map((found) => found[1] ?? "?");
  const unused = keys.filter(
    (key) => !sources.includes(`"${key}"`) && !made.some((start) => key.startsWith(start)),
  );
  expect(unused).toEqual([]);
});
