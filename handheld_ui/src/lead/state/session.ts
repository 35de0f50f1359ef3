/** Who is signed in in this tab. The token is kept in `sessionStorage`: it dies with the tab. */

import type { Person, SessionOpened } from "../api/types";

const KEY = "wavepick-lead-session";

export interface Session {
  token: string;
  person: Person;
}

type Shelf = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** The session of this tab; null when there is none or what is stored is no session. */
export function storedSession(storage: Shelf = sessionStorage): Session | null {
  const text = storage.getItem(KEY);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isSession(value) ? value : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

export function storeSession(opened: SessionOpened, storage: Shelf = sessionStorage): Session {
  const session = { token: opened.token, person: opened.person };
  storage.setItem(KEY, JSON.stringify(session));
  return session;
}

export function forgetSession(storage: Shelf = sessionStorage): void {
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
