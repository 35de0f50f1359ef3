import { expect, test } from "vitest";

import { LaunchIntents, randomKey } from "../../src/lead/state/launch_intent";

function counting(): () => string {
  let made = 0;
  return () => `key-${(made += 1)}`;
}

test("a double click and a try after a lost answer send the same key", () => {
  const intents = new LaunchIntents(counting());
  const first = intents.keyFor("wave", "plan");
  expect(intents.keyFor("wave", "plan")).toBe(first);
});

test("another plan is another intent", () => {
  const intents = new LaunchIntents(counting());
  expect(intents.keyFor("wave", "a")).not.toBe(intents.keyFor("wave", "b"));
});

test("after a refusal the next click is a new intent", () => {
  const intents = new LaunchIntents(counting());
  const first = intents.keyFor("wave", "plan");
  intents.refused("wave", "plan");
  expect(intents.keyFor("wave", "plan")).not.toBe(first);
});

test("keys are 128 random bits in hexadecimal", () => {
  expect(randomKey()).toMatch(/^[0-9a-f]{32}$/);
  expect(randomKey()).not.toBe(randomKey());
});
