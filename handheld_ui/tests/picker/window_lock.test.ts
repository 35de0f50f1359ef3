import { expect, test, vi } from "vitest";

import { byMessages, byWebLock, windowLock } from "../../src/picker/window_lock";

test.each([
  ["Web Locks", byWebLock],
  ["messages", byMessages],
])("by %s one window picks at a time, and another can take over", async (_name, make) => {
  const lost: string[] = [];
  const window = (name: string): ReturnType<typeof make> => make(() => lost.push(name));
  const [first, second] = [window("first"), window("second")];
  expect(await first.acquire(false)).toBe(true);
  expect(await second.acquire(false)).toBe(false);
  expect(lost).toEqual([]);
  expect(await second.acquire(true)).toBe(true);
  await vi.waitFor(() => {
    expect(lost).toEqual(["first"]);
  });
});

test("plain HTTP has no Web Locks: messages settle it", async () => {
  vi.stubGlobal("navigator", {});
  const lock = windowLock(() => undefined);
  vi.unstubAllGlobals();
  expect(await lock.acquire(true)).toBe(true);
});
