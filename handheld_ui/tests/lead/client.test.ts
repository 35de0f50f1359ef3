import { expect, test, vi } from "vitest";

import { createClient, search } from "../../src/lead/api/client";
import { ApiProblem, NoAnswer, sentence } from "../../src/lead/api/problem";
import { leadText } from "../../src/lead/catalogue/text";
import { BadMessage, object, text } from "../../src/shared/check";

const named = object({ name: text });
const t = leadText("en");

function clientOf(answer: () => Promise<Response>) {
  const sent: [string, RequestInit][] = [];
  const signedOut = vi.fn();
  const client = createClient({
    token: () => "secret",
    onSignedOut: signedOut,
    fetch: (input, init) => {
      sent.push([input as string, init ?? {}]);
      return answer();
    },
  });
  return { client, sent, signedOut };
}

const problem = (status: number, body: object) => () =>
  Promise.resolve(
    new Response(JSON.stringify(body), {
      status,
      headers: { "content-type": "application/problem+json" },
    }),
  );

test("sends the token in a header, never as a cookie", async () => {
  const { client, sent } = clientOf(() => Promise.resolve(Response.json({ name: "Ana" })));
  expect(await client.get(named, "/x", { q: "a b", none: "", limit: 5 })).toEqual({ name: "Ana" });
  const [url, init] = sent[0] ?? ["", {}];
  expect(url).toBe("/api/v1/x?q=a+b&limit=5");
  expect(init.headers).toMatchObject({ Authorization: "Bearer secret" });
  expect(init.credentials).toBe("omit");
});

test("a refusal keeps the server's own sentence and code", async () => {
  const { client } = clientOf(
    problem(409, { detail: "wave 3 is released", code: "wave-state", title: "Conflict" }),
  );
  const error = await client.post(named, "/waves/1/launch").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiProblem);
  expect(error).toMatchObject({ status: 409, code: "wave-state" });
  expect(sentence(error, t)).toBe("wave 3 is released");
});

test("a page of a proxy instead of a problem document is still a refusal", async () => {
  const { client } = clientOf(() =>
    Promise.resolve(
      new Response("<h1>Bad gateway</h1>", { status: 502, statusText: "Bad Gateway" }),
    ),
  );
  const error = await client.get(named, "/x").catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ status: 502, code: "http-502" });
  expect(sentence(error, t)).toBe("Bad Gateway");
});

test("an answer that says 401 ends the session", async () => {
  const { client, signedOut } = clientOf(problem(401, { detail: "sign in first" }));
  await expect(client.get(named, "/board")).rejects.toBeInstanceOf(ApiProblem);
  expect(signedOut).toHaveBeenCalledOnce();
});

test("no network is no answer: the outcome is unknown", async () => {
  const { client } = clientOf(() => Promise.reject(new TypeError("Failed to fetch")));
  const error = await client.post(named, "/x").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(NoAnswer);
  expect(sentence(error, t)).toMatch(/cannot be reached/);
});

test("too long a wait is no answer either, and says so", async () => {
  const { client } = clientOf(() => Promise.reject(new DOMException("late", "TimeoutError")));
  const error = await client.get(named, "/x").catch((thrown: unknown) => thrown);
  expect(sentence(error, t)).toMatch(/did not answer in time/);
});

test("an answer of another shape is reported with its place", async () => {
  const { client } = clientOf(() => Promise.resolve(Response.json({ name: 7 })));
  const error = await client.get(named, "/x").catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(BadMessage);
  expect(sentence(error, t)).toMatch(/name: expected text/);
});

test.each([
  [403, "You may not do this. ask an admin"],
  [429, "Too many tries. ask an admin"],
  [503, "The server is busy at the moment. Nothing was changed. ask an admin"],
])("status %i is explained before the detail", (status, words) => {
  const error = new ApiProblem({
    status,
    code: "",
    title: "",
    detail: "ask an admin",
    pointer: "",
  });
  expect(sentence(error, t)).toBe(words);
});

test("an empty query leaves no question mark", () => {
  expect(search({ a: null, b: undefined, c: "" })).toBe("");
});
