/**
 * A minimal splitter for GS1 element strings: what a picker's labels carry.
 *
 * GS1 General Specifications, section 3 (application identifiers) and 7.8 (processing
 * of element strings): identifiers of predefined length need no separator, all others
 * end at the separator or at the end of the code.
 */
import { GROUP_SEPARATOR } from "./scanner";

/** Length of the data of identifiers with predefined length, by their first two digits. */
const PREDEFINED: Readonly<Record<string, number>> = {
  "00": 18,
  "01": 14,
  "02": 14,
  "11": 6,
  "12": 6,
  "13": 6,
  "15": 6,
  "16": 6,
  "17": 6,
  "20": 2,
};
/** Identifiers that end at a separator: number of digits of the identifier, longest data. */
const VARIABLE: Readonly<Record<string, readonly [digits: number, longest: number]>> = {
  "10": [2, 20],
  "21": [2, 20],
  "22": [2, 20],
  "24": [3, 30],
  "25": [3, 30],
  "30": [2, 8],
  "37": [2, 8],
  "40": [3, 30],
};
/** Prefix with which a scanner says that the code is GS1: 128, DataMatrix, QR, DataBar. */
const SYMBOLOGY = /^\](C1|d2|Q3|e0)/;

export type Elements = ReadonlyMap<string, string>;

/** The elements of a GS1 code by identifier, or null when the code is no such string. */
export function elements(code: string): Elements | null {
  const announced = SYMBOLOGY.test(code);
  let rest = code.replace(SYMBOLOGY, "");
  if (rest.startsWith(GROUP_SEPARATOR)) rest = rest.slice(1);
  const found = new Map<string, string>();
  while (rest !== "") {
    const element = firstElement(rest);
    if (element === null) return null;
    const [identifier, value, taken] = element;
    found.set(identifier, value);
    rest = rest.slice(taken);
    if (rest.startsWith(GROUP_SEPARATOR)) rest = rest.slice(1);
  }
  const product = found.get("01") ?? found.get("00");
  if (product === undefined ? !announced : !checkDigitHolds(product)) return null;
  return found.size === 0 ? null : found;
}

function firstElement(rest: string): readonly [string, string, number] | null {
  const start = rest.slice(0, 2);
  const length = PREDEFINED[start];
  if (length !== undefined) {
    const value = rest.slice(2, 2 + length);
    return value.length === length && /^\d+$/.test(value) ? [start, value, 2 + length] : null;
  }
  // Weights and measures: four digits, the last is the decimal place; six digits of data.
  if (/^3[1-6]\d\d\d{6}/.test(rest)) return [rest.slice(0, 4), rest.slice(4, 10), 10];
  const variable = VARIABLE[start];
  if (variable === undefined) return null;
  const [digits, longest] = variable;
  const separator = rest.indexOf(GROUP_SEPARATOR);
  const value = rest.slice(digits, separator < 0 ? undefined : separator);
  if (value === "" || value.length > longest) return null;
  return [rest.slice(0, digits), value, digits + value.length];
}

/** Whether the last digit is the modulo-10 check digit of the others. */
export function checkDigitHolds(digits: string): boolean {
  if (!/^\d+$/.test(digits)) return false;
  const sum = Array.from(digits)
    .reverse()
    .reduce((total, digit, place) => total + Number(digit) * (place % 2 === 1 ? 3 : 1), 0);
  return sum % 10 === 0;
}

/** The ways the same product number is written on labels: 14, 13, 12 and 8 digits. */
export function writtenForms(gtin: string): readonly string[] {
  if (!/^\d{8}$|^\d{12,14}$/.test(gtin)) return [];
  const whole = gtin.padStart(14, "0");
  return [14, 13, 12, 8]
    .filter((length) => /^0*$/.test(whole.slice(0, 14 - length)))
    .map((length) => whole.slice(14 - length));
}
