/** What every view of the console needs, handed down by context: no module state. */

import { createContext } from "preact";
import { useCallback, useContext, useEffect, useRef, useState } from "preact/hooks";

import type { ConsoleApi } from "../api/console";
import type { Person } from "../api/types";
import type { Language, LeadText } from "../catalogue/text";
import type { Formats } from "../format/formats";
import type { Connection, Feed } from "./feed";

export interface Console {
  api: ConsoleApi;
  feed: Feed;
  person: Person;
  t: LeadText;
  language: Language;
  setLanguage: (language: Language) => void;
  formats: Formats;
  /** Says the outcome of a command in the status line; read aloud by screen readers. */
  announce: (text: string) => void;
  signOut: () => void;
}

export const ConsoleContext = createContext<Console | null>(null);

export function useConsole(): Console {
  const value = useContext(ConsoleContext);
  if (value === null) throw new Error("useConsole outside of ConsoleContext");
  return value;
}

export interface Command {
  busy: boolean;
  error: unknown;
  clear: () => void;
  /** Runs the call unless one is under way; the error of the last call is kept for display. */
  run: (call: () => Promise<void>) => Promise<void>;
}

export function useCommand(): Command {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({
    busy: false,
    error: null,
  });
  const busy = useRef(false); // a second click may come before the next render
  const run = useCallback(async (call: () => Promise<void>) => {
    if (busy.current) return;
    busy.current = true;
    setState({ busy: true, error: null });
    try {
      await call();
      setState({ busy: false, error: null });
    } catch (error) {
      setState({ busy: false, error });
    } finally {
      busy.current = false;
    }
  }, []);
  const clear = useCallback(() => {
    setState({ busy: false, error: null });
  }, []);
  return { ...state, clear, run };
}

export function useConnection(): Connection {
  const { feed } = useConsole();
  const [state, setState] = useState(feed.connection());
  useEffect(() => {
    setState(feed.connection());
    return feed.onConnection(setState);
  }, [feed]);
  return state;
}

/** The time now, renewed every `everyMs` milliseconds while the component is shown. */
export function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(Date.now());
    }, everyMs);
    return () => {
      clearInterval(timer);
    };
  }, [everyMs]);
  return now;
}

/** The value once it has been the same for `ms` milliseconds. */
export function useSettled<T>(value: T, ms: number): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(value);
    }, ms);
    return () => {
      clearTimeout(timer);
    };
  }, [value, ms]);
  return settled;
}

/** The last value that was not null: what to show while the next one is on its way. */
export function useLast<T>(value: T | null): T | null {
  const last = useRef(value);
  if (value !== null) last.current = value;
  return last.current;
}
