/**
 * The one place that talks HTTP: bearer token, JSON, time limit, checked answers, clear errors.
 *
 * Reads are GET, every change is POST (sign-out alone is DELETE). The token lives in
 * `sessionStorage` of this tab and is sent in a header, never in a cookie, so another site cannot
 * make the browser act for the lead.
 */

import type { Check } from "../../shared/check";
import { NoAnswer, problemOf } from "./problem";

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;

export interface ClientOptions {
  base?: string;
  token: () => string | null;
  /** Called once an answer says that the token is no longer good. */
  onSignedOut: () => void;
  fetch?: typeof fetch;
  /** Longest wait for an answer, milliseconds. */
  timeoutMs?: number;
}

export interface ApiClient {
  readonly get: <T>(check: Check<T>, path: string, query?: Query) => Promise<T>;
  readonly post: <T>(check: Check<T>, path: string, body?: unknown) => Promise<T>;
  readonly delete: (path: string) => Promise<void>;
}

/** Long enough for a launch of some thousand tasks on a busy SQLite. */
const TIMEOUT_MS = 30_000;

/**
 * All calls may throw {@link ApiProblem} (the server refused), {@link NoAnswer} (nobody knows
 * whether it happened) or `BadMessage` (the answer has not the agreed shape).
 */
export function createClient(options: ClientOptions): ApiClient {
  const base = options.base ?? "/api/v1";
  const send = options.fetch ?? ((input, init) => fetch(input, init));

  async function call(method: string, path: string, body?: unknown): Promise<unknown> {
    const token = options.token();
    const headers: Record<string, string> = { Accept: "application/json" };
    if (token !== null) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const response = await answered(() =>
      send(base + path, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        cache: "no-store",
        credentials: "omit",
        signal: AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS),
      }),
    );
    if (!response.ok) {
      const problem = await answered(() => problemOf(response));
      if (response.status === 401 && token !== null) options.onSignedOut();
      throw problem;
    }
    return response.status === 204 ? null : await answered(() => response.json());
  }

  return {
    get: async (check, path, query) => check(await call("GET", path + search(query))),
    post: async (check, path, body) => check(await call("POST", path, body ?? {})),
    delete: async (path) => {
      await call("DELETE", path);
    },
  };
}

async function answered<T>(attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof SyntaxError) throw error; // an answer, but no JSON: a fault to be seen
    throw new NoAnswer(error instanceof DOMException && error.name === "TimeoutError");
  }
}

/** `?a=1&b=x`, without empty and absent values; "" when nothing is left. */
export function search(query: Query | undefined): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query ?? {})) {
    if (value !== null && value !== undefined && value !== "") parameters.set(key, String(value));
  }
  const text = parameters.toString();
  return text === "" ? "" : `?${text}`;
}
