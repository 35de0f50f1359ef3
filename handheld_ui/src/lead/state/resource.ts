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

/** No reader asks more often than this, however many pokes come. */
const MIN_GAP_MS = 400;

/**
 * @param key names what is read; another key starts afresh, null reads nothing
 * @param topics pokes that make it read again
 * @param everyMs reads by the clock too, for things that move without a commit (a search's progress)
 */
export function useResource<T>(
  key: string | null,
  read: () => Promise<T>,
  topics: readonly string[],
  everyMs: number | null = null,
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
    }, MIN_GAP_MS);
    refresher.current = refresh;
    refresh.poke();
    const unsubscribe = feed.subscribe(topicList.split(" "), () => {
      refresh.poke();
    });
    const timer =
      everyMs === null
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
  }, [key, topicList, everyMs, feed]);

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
