import { readFileSync } from "node:fs";

import { expect, test } from "vitest";

import { BadMessage, type Check } from "../../src/shared/check";
import * as protocol from "../../src/shared/protocol";

function example(name: string): unknown {
  const file = new URL(`../../protocol/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, "utf8"));
}

const messages: [string, Check<unknown>][] = [
  ["sync-request", protocol.syncRequest],
  ["sync-reply", protocol.syncReply],
  ["ops-request", protocol.opsRequest],
  ["ops-reply", protocol.opsReply],
  ["ops-gap", protocol.opsReply],
  ["poke", protocol.poke],
  ["bye", protocol.bye],
];

test.each(messages)("example %s is read without losing a member", (name, check) => {
  const given = example(name) as object;
  expect(check(given)).toMatchObject(given);
});

test("an op keeps the member order of the example, which is its bytes on the wire", () => {
  const given = example("ops-request") as { ops: unknown[] };
  const read = protocol.opsRequest(given);
  expect(JSON.stringify(read.ops)).toBe(JSON.stringify(given.ops));
});

test("a broken message names the place", () => {
  const broken = structuredClone(example("sync-reply")) as {
    list: { tasks: { qty: unknown }[] };
  };
  const task = broken.list.tasks[0];
  if (task === undefined) throw new Error("the example has a task");
  task.qty = "3";
  expect(() => protocol.syncReply(broken)).toThrow(BadMessage);
  expect(() => protocol.syncReply(broken)).toThrow("list.tasks[0].qty: expected a whole number");
});

test("a reply of a later server with members unknown here is read", () => {
  const given = example("sync-reply") as object;
  const read = protocol.syncReply({ ...given, weather: "fine" });
  expect(read).toEqual(protocol.syncReply(given));
});
