import { expect, test } from "vitest";

import { createFormats } from "../../src/lead/format/formats";

const en = createFormats("en-GB");
const es = createFormats("es");

test.each([
  [0, "0 m"],
  [1_499, "1 m"],
  [1_500, "2 m"],
  [1_934_000, "1,934 m"],
  [9_999_000, "9,999 m"],
  [12_430_000, "12.4 km"],
])("%i mm read as %s", (mm, words) => {
  expect(en.length(mm)).toBe(words);
});

test.each([
  [0, "0 s"],
  [59_400, "59 s"],
  [60_000, "1 min"],
  [89 * 60_000, "89 min"],
  [90 * 60_000, "1 h 30 min"],
  [(2 * 60 + 5) * 60_000, "2 h 05 min"],
])("%i ms of work read as %s", (ms, words) => {
  expect(en.duration(ms)).toBe(words);
});

test("figures to compare stay in one unit", () => {
  expect(en.minutes(195 * 60_000)).toBe("195 min");
});

test("numbers are grouped the way of the language, four digits too", () => {
  expect(en.integer(1234)).toBe("1,234");
  expect(es.integer(1234)).toBe("1.234");
  expect(es.percent(32.64)).toBe("32,6 %");
});

test("grams and millilitres become kilograms and litres", () => {
  expect(en.weight(1_250)).toBe("1.3 kg");
  expect(en.weight(412_300)).toBe("412 kg");
  expect(en.volume(48_000)).toBe("48.0 l");
});

test("a clock counts full seconds", () => {
  expect(en.clock(7_999)).toBe("0:07");
  expect(en.clock(125_000)).toBe("2:05");
  expect(en.clock(-5)).toBe("0:00");
});

test("an age grows from seconds to days and is never negative", () => {
  const now = Date.parse("2026-11-22T12:00:00Z");
  expect(en.age("2026-11-22T11:59:48Z", now)).toBe("12 s");
  expect(en.age("2026-11-22T11:56:00Z", now)).toBe("4 min");
  expect(en.age("2026-11-22T08:30:00Z", now)).toBe("3 h");
  expect(en.age("2026-11-19T12:00:00Z", now)).toBe("3 d");
  expect(en.age("2026-11-22T12:00:05Z", now)).toBe("0 s");
});

test("the day is named only when it is another one", () => {
  const at = new Date(2026, 10, 22, 14, 5);
  expect(en.moment(at.toISOString(), new Date(2026, 10, 22, 23, 0))).toBe("14:05");
  expect(en.moment(at.toISOString(), new Date(2026, 10, 23, 1, 0))).toBe("22 Nov, 14:05");
});
