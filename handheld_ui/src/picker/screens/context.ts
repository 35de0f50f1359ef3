/** What every screen part needs: a voice and a way to act. */
import { createContext } from "preact";
import { useContext } from "preact/hooks";

import type { Event } from "../session/session";
import type { Say } from "../text/sentence";

export interface Parts {
  readonly say: (sentence: Say) => string;
  readonly dispatch: (event: Event) => void;
}

export const PartsContext = createContext<Parts | null>(null);

export function useParts(): Parts {
  const parts = useContext(PartsContext);
  if (parts === null) throw new Error("screens are drawn inside PartsContext");
  return parts;
}
