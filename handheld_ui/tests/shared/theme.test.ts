import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

const css = readFileSync(new URL("../../src/shared/theme.css", import.meta.url), "utf8");

function token(name: string): string {
  const found = new RegExp(`--${name}:\\s*(#[0-9a-f]{6})`).exec(css)?.[1];
  if (found === undefined) throw new Error(`no token ${name}`);
  return found;
}

/** Relative luminance of WCAG 2. */
function luminance(colour: string): number {
  const channel = (at: number): number => {
    const value = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(token(one)), luminance(token(other))].sort((a, b) => a - b);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

test.each([
  ["ink", "paper"],
  ["ink", "paper-2"],
  ["ink", "paper-3"],
  ["ink-2", "paper"],
  ["ink-2", "paper-2"],
  ["ink", "brand-tint"],
  ["ink", "crest-tint"],
  ["ink-inverse", "brand"],
  ["ink-inverse", "brand-2"],
  ["ink-inverse", "ok"],
  ["ink-inverse", "wrong"],
  ["ink-inverse", "unknown"],
  ["ink-inverse", "news"],
  ["ink", "extra"],
  ["ink", "ok-tint"],
  ["ink", "wrong-tint"],
  ["ink", "unknown-tint"],
  ["ink", "extra-tint"],
  ["ink", "news-tint"],
])("%s on %s has a contrast of at least 7 to 1", (text, ground) => {
  expect(contrast(text, ground)).toBeGreaterThanOrEqual(7);
});
