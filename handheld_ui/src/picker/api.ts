/** The few plain requests of a handheld; facts and lists go through the sender. */
import { object, withDefault, text } from "../shared/check";
import { directory, type Directory } from "../shared/protocol";
import { signedIn, type SignedIn } from "../shared/signed_in";

const TIMEOUT_MS = 10_000;

export type SignInAnswer =
  | { readonly who: SignedIn }
  | { readonly why: "wrong" | "locked" | "no-network" };

export async function signIn(badge: string, pin: string): Promise<SignInAnswer> {
  let response: Response;
  try {
    response = await fetch("/api/v1/session", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ badge, pin, client: "handheld" }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    // The request did not come through, whatever the reason.
    return { why: "no-network" };
  }
  if (response.ok) return { who: signedIn(await response.json()) };
  if (response.status === 429) return { why: "locked" };
  return { why: response.status < 500 ? "wrong" : "no-network" };
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
