/** State of the server as a component sees it: read once, and again whenever it is poked. */

import { useCallback, useEffect, useRef, useState } from "preact/hooks";

import { useConsole } from "./console";
import { createRefresher, type Refresher } from "./refresher";

export interface Resource<T> {
  /** The last good answer; stays while a newer read fails. */
  data: T | null;
  error: unknown;
  /** Reads again, throttled like a poke. */
  reload: () => void;
  /** Puts an answer of a command in place until the next read. */
  put: (data: T) => void;
}

export interface Pace {
  /** Shortest time between two reads, however many pokes come. */
  gapMs?: number;
  /** Reads by the clock too, for what moves without a commit (a search's progress). */
  everyMs?: number;
}

/** Feels immediate and costs the server two reads a second at most. */
const USUAL_GAP_MS = 500;

/**
 * @param key names what is read; another key starts afresh, null reads nothing
 * @param topics pokes that make it read again
 * @param pace how often at most and at least
 */
export function useResource<T>(
  key: string | null,
  read: () => Promise<T>,
  topics: readonly string[],
  { gapMs = USUAL_GAP_MS, everyMs }: Pace = {},
): Resource<T> {
  const { feed } = useConsole();
  const [state, setState] = useState<{ key: string | null; data: T | null; error: unknown }>({
    key,
    data: null,
    error: null,
  });
  const latest = useRef(read);
  latest.current = read;
  const refresher = useRef<Refresher | null>(null);
  const topicList = topics.join(" ");

  useEffect(() => {
    if (key === null) return undefined;
    let current = true;
    const refresh = createRefresher(async () => {
      try {
        const data = await latest.current();
        if (current) setState({ key, data, error: null });
      } catch (error) {
        if (current) setState((old) => ({ key, data: old.key === key ? old.data : null, error }));
      }
    }, gapMs);
    refresher.current = refresh;
    refresh.poke();
    const unsubscribe = feed.subscribe(topicList.split(" "), () => {
      refresh.poke();
    });
    const timer =
      everyMs === undefined
        ? null
        : setInterval(() => {
            refresh.poke();
          }, everyMs);
    return () => {
      current = false;
      refresh.stop();
      unsubscribe();
      if (timer !== null) clearInterval(timer);
    };
  }, [key, topicList, gapMs, everyMs, feed]);

  const reload = useCallback(() => {
    refresher.current?.poke();
  }, []);
  const put = useCallback(
    (data: T) => {
      setState({ key, data, error: null });
    },
    [key],
  );
  const mine = state.key === key;
  return { data: mine ? state.data : null, error: mine ? state.error : null, reload, put };
}
