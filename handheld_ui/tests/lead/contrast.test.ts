import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { GROUND, INK, INK_SOFT, ROUTES, STATION } from "../../src/lead/map/colours";

function tokens(file: string): Record<string, string> {
  const css = readFileSync(new URL(`../../src/${file}`, import.meta.url), "utf8");
  return Object.fromEntries(
    [...css.matchAll(/--([a-z0-9-]+):\s*(#[0-9a-f]{6})/g)].map((found) => [found[1], found[2]]),
  ) as Record<string, string>;
}

const colour = { ...tokens("shared/theme.css"), ...tokens("lead/styles/frame.css") };

/** Relative luminance of WCAG 2. */
function luminance(hex: string): number {
  const channel = (at: number): number => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(one: string, other: string): number {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

test.each([
  ["ink", "ground"],
  ["ink", "card"],
  ["ink", "accent-tint"],
  ["accent", "card"],
  ["warn-ink", "extra-tint"],
  ["ink-inverse", "accent"],
])("%s on %s can be read at 7:1", (ink, ground) => {
  expect(contrast(colour[ink] ?? "", colour[ground] ?? "")).toBeGreaterThanOrEqual(7);
});

test.each([
  ["muted", "card"],
  ["muted", "ground"],
  ["muted", "accent-tint"],
  ["warn-ink", "card"],
  ["wrong", "card"],
])("the quieter %s on %s at 4.5:1", (ink, ground) => {
  expect(contrast(colour[ink] ?? "", colour[ground] ?? "")).toBeGreaterThanOrEqual(4.5);
});

test.each([...ROUTES, INK, INK_SOFT, STATION])("%s stands out on the floor", (ink) => {
  expect(contrast(ink, GROUND)).toBeGreaterThanOrEqual(4.5);
});
