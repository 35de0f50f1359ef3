/** The few plain requests of a handheld; facts and lists go through the sender. */
import { nullable, object, withDefault, text } from "../shared/check";
import { directory, type Directory } from "../shared/protocol";
import { signedIn, type SignedIn } from "../shared/signed_in";
import { deviceToken, keepDeviceToken } from "./enrolment";

const TIMEOUT_MS = 10_000;

export type SignInAnswer =
  | { readonly who: SignedIn }
  | { readonly why: "wrong" | "locked" | "no-network" | "not-enrolled" };

const renewed = object({ device_token: withDefault(nullable(text), null) });
const problem = object({ code: withDefault(text, "") });
/** Words of the server for a device that a lead has to let in first. */
const NOT_ENROLLED = new Set(["not-enrolled", "bad-device"]);

export async function signIn(badge: string, pin: string): Promise<SignInAnswer> {
  const device = deviceToken();
  let response: Response;
  try {
    response = await fetch("/api/v1/session", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({
        ...{ badge, pin, client: "handheld" },
        ...(device === null ? {} : { device }),
      }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    // The request did not come through, whatever the reason.
    return { why: "no-network" };
  }
  if (response.ok) {
    const body: unknown = await response.json();
    const token = renewed(body).device_token;
    if (token !== null) keepDeviceToken(token);
    return { who: signedIn(body) };
  }
  if (response.status === 429) return { why: "locked" };
  if (response.status >= 500) return { why: "no-network" };
  const { code } = problem(await response.json().catch(() => ({})));
  return { why: NOT_ENROLLED.has(code) ? "not-enrolled" : "wrong" };
}

/** End the sign-in. Without network it ends by its own time. */
export async function signOut(token: string): Promise<void> {
  const headers = { Authorization: `Bearer ${token}` };
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  await fetch("/api/v1/session", { method: "DELETE", headers, signal }).catch(() => undefined);
}

/** What the codes of the site mean, or null when it cannot be had now. */
export async function fetchDirectory(token: string): Promise<Directory | null> {
  try {
    const response = await fetch("/api/v1/pick/directory", {
      headers: { Authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(6 * TIMEOUT_MS),
    });
    return response.ok ? directory(await response.json()) : null;
  } catch (error) {
    console.warn("No directory now; it is asked for again:", error);
    return null;
  }
}

const hashed = object({ hash: withDefault(text, "") });

/** The hash of a stored directory, empty when there is none. */
export function hashOf(stored: unknown): string {
  return typeof stored === "object" && stored !== null ? hashed(stored).hash : "";
}
