/** Who is signed in in this tab. The token is kept in `sessionStorage`: it dies with the tab. */

import type { Person, SessionOpened } from "../api/types";

const KEY = "wavepick-lead-session";

export interface Session {
  token: string;
  person: Person;
}

export function storedSession(storage: Storage = sessionStorage): Session | null {
  const text = storage.getItem(KEY);
  if (text === null) return null;
  const value: unknown = JSON.parse(text);
  return isSession(value) ? value : null;
}

export function storeSession(opened: SessionOpened, storage: Storage = sessionStorage): Session {
  const session = { token: opened.token, person: opened.person };
  storage.setItem(KEY, JSON.stringify(session));
  return session;
}

export function forgetSession(storage: Storage = sessionStorage): void {
  storage.removeItem(KEY);
}

function isSession(value: unknown): value is Session {
  return (
    typeof value === "object" &&
    value !== null &&
    "token" in value &&
    "person" in value &&
    typeof value.token === "string" &&
    typeof value.person === "object" &&
    value.person !== null
  );
}
