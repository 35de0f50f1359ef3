/** A lead's QR code lets a handheld in once; the token it gets is shown at every sign-in. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";

import { signIn } from "../../src/picker/api";
import { deviceToken, enrol, enrolmentCode, keepDeviceToken } from "../../src/picker/enrolment";

const CODE = "abcDEF123_-abcDEF123_-";
const WHO = {
  token: "session",
  sign_in: "s",
  person: { id: "p", badge: "B-1", name: "Ann", role: "picker", language: "en" },
};

let asked: { path: string; body: unknown }[];
let answer: Response | null;

beforeEach(() => {
  const kept = new Map<string, string>();
  vi.stubGlobal("localStorage", {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
  asked = [];
  answer = null;
  vi.stubGlobal("fetch", (path: string, options: { body: string }) => {
    asked.push({ path, body: JSON.parse(options.body) });
    return answer === null ? Promise.reject(new TypeError("offline")) : Promise.resolve(answer);
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

function says(status: number, body: unknown): void {
  answer = new Response(JSON.stringify(body), { status });
}

test("a code is read from the address of a QR code and from nothing else", () => {
  expect(enrolmentCode(`https://pick.test:8443/pick#enrol=${CODE}`)).toBe(CODE);
  for (const other of ["B-2001", CODE, `/pick#enrol=short`, `x/pick#enrol=${CODE}&a`, ""]) {
    expect(enrolmentCode(other)).toBeNull();
  }
});

test("a good code is exchanged for a token that stays", async () => {
  says(201, { device: "d", name: "HH 1", token: "device-token" });
  expect(await enrol(CODE)).toBe("enrolled");
  expect(asked).toEqual([{ path: "/api/v1/devices/enrolment", body: { code: CODE } }]);
  expect(deviceToken()).toBe("device-token");
});

test("a used code and a missing network are told apart, and change nothing", async () => {
  keepDeviceToken("before");
  says(401, {});
  expect(await enrol(CODE)).toBe("bad-code");
  answer = null;
  expect(await enrol(CODE)).toBe("no-network");
  expect(deviceToken()).toBe("before");
});

test("the token is shown when somebody signs in, and replaced when the server says so", async () => {
  keepDeviceToken("first");
  says(201, { ...WHO, device_token: "second" });
  expect(await signIn("B-1", "135790")).toMatchObject({ who: { token: "session" } });
  expect(asked[0]?.body).toMatchObject({ badge: "B-1", device: "first" });
  expect(deviceToken()).toBe("second");
  says(201, { ...WHO, device_token: null });
  await signIn("B-1", "135790");
  expect(asked[1]?.body).toMatchObject({ device: "second" });
  expect(deviceToken()).toBe("second");
});

test("a device without a token, or with one that ended, is told to be enrolled", async () => {
  says(403, { code: "not-enrolled" });
  expect(await signIn("B-1", "135790")).toEqual({ why: "not-enrolled" });
  expect(asked[0]?.body).not.toHaveProperty("device");
  keepDeviceToken("old");
  says(401, { code: "bad-device" });
  expect(await signIn("B-1", "135790")).toEqual({ why: "not-enrolled" });
});
