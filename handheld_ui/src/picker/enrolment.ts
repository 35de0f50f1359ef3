/**
 * This handheld as the server knows it: a lead's QR code lets it in once, a token stays.
 *
 * The token lies beside the store of facts, not in it: a wiped store must not lock the device out.
 */
import { object, text } from "../shared/check";

const TOKEN_KEY = "wavepick-device";
const CODE = /\/pick#enrol=([A-Za-z0-9_-]{16,128})$/;
const TIMEOUT_MS = 10_000;

const enrolled = object({ token: text, name: text });

export type Enrolment = "enrolled" | "bad-code" | "no-network";

/** The code in a scanned or opened address of a lead's QR code, null in any other text. */
export function enrolmentCode(scanned: string): string | null {
  return CODE.exec(scanned)?.[1] ?? null;
}

/** The token of this device, null until it is enrolled. */
export function deviceToken(): string | null {
  return localStorage.getItem(TOKEN_KEY);
}

export function keepDeviceToken(token: string): void {
  localStorage.setItem(TOKEN_KEY, token);
}

/** Show a code to the server and keep the token it answers. */
export async function enrol(code: string): Promise<Enrolment> {
  let response: Response;
  try {
    response = await fetch("/api/v1/devices/enrolment", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ code }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    // The request did not come through; if it did, the lead makes another code.
    return "no-network";
  }
  if (!response.ok) return response.status < 500 ? "bad-code" : "no-network";
  keepDeviceToken(enrolled(await response.json()).token);
  return "enrolled";
}
