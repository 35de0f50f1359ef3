import { expect, test } from "vitest";

import { identify, knownFrom } from "../../src/shared/barcode";
import { checkDigitHolds, elements, writtenForms } from "../../src/shared/gs1";

const KNOWN = knownFrom({
  hash: "h",
  locations: { "A-01": "Z1", "B-01": "Z2" },
  items: {
    "85123A": [["85123A", "White heart", 1]],
    "85123a": [["85123a", "Red heart", 1]],
    "4006381333931": [["PEN", "Pen", 1]],
  },
  stations: { "pack-1": "pack" },
  totes: "T-",
});

test.each([
  ["CMD-SHORT", { kind: "command", command: "short" }],
  ["A-01", { kind: "location", code: "A-01" }],
  ["B-01", { kind: "location", code: "B-01" }], // a known place wins over the badge prefix
  ["B-1001", { kind: "badge", code: "B-1001" }],
  ["T-0001", { kind: "tote", code: "T-0001" }],
  ["C-12", { kind: "cart", code: "C-12" }],
  ["SLOT-A", { kind: "slot", slot: 0, label: "A" }],
  ["SLOT-AB", { kind: "slot", slot: 27, label: "AB" }],
  ["pack-1", { kind: "station", code: "pack-1" }],
  ["slot-h", { kind: "slot", slot: 7, label: "H" }],
  ["CMD-FLY", { kind: "unknown", code: "CMD-FLY" }],
  ["T-", { kind: "unknown", code: "T-" }],
  ["toString", { kind: "unknown", code: "toString" }],
])("%s is recognised", (code, thing) => {
  expect(identify(code, KNOWN)).toEqual(thing);
});

test("codes that differ in case only are two codes", () => {
  expect(identify("85123A", KNOWN)).toMatchObject({ matches: [{ name: "White heart" }] });
  expect(identify("85123a", KNOWN)).toMatchObject({ matches: [{ name: "Red heart" }] });
});

// GS1 General Specifications, figure 7.8.6-1 style: predefined lengths need no separator.
test("GS1 elements are split by predefined length and separator", () => {
  expect([...(elements("]C1010400638133393117261231") ?? [])]).toEqual([
    ["01", "04006381333931"],
    ["17", "261231"],
  ]);
  expect([...(elements("]d2010400638133393110ABC\x1d21SER1") ?? [])]).toEqual([
    ["01", "04006381333931"],
    ["10", "ABC"],
    ["21", "SER1"],
  ]);
  expect([...(elements("]C10104006381333931310300125030006") ?? [])]).toEqual([
    ["01", "04006381333931"],
    ["3103", "001250"],
    ["30", "006"],
  ]);
});

test("what is no GS1 string is left alone", () => {
  expect(elements("A-12-03")).toBeNull();
  expect(elements("0104006381333930")).toBeNull(); // wrong check digit
  expect(elements("99")).toBeNull();
  expect(elements("")).toBeNull();
});

// 4006381333931: 4+0*3+0+6*3+3+8*3+1+3*3+3+3*3+9+3*3 = 89; 90 - 89 = 1.
test("check digits by modulo 10", () => {
  expect(checkDigitHolds("4006381333931")).toBe(true);
  expect(checkDigitHolds("4006381333932")).toBe(false);
  expect(checkDigitHolds("40063813339x1")).toBe(false);
});

test("a product number is the same in each of its lengths", () => {
  expect(writtenForms("4006381333931")).toEqual(["04006381333931", "4006381333931"]);
  expect(writtenForms("012345678905")).toEqual(["00012345678905", "0012345678905", "012345678905"]);
  expect(writtenForms("12345")).toEqual([]);
  expect(identify("04006381333931", KNOWN)).toMatchObject({ kind: "item" });
});
