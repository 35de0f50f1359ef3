/**
 * Pokes from the server: "topic so-and-so changed". They carry no data and may be lost, so every
 * reader reads again by itself on each reconnect, and slowly by the clock while there is no
 * connection (a network that lets HTTP through but no WebSocket).
 */

import { io, type Socket } from "socket.io-client";

export type Connection = "connecting" | "live" | "offline";

export interface Feed {
  /** Calls `poked` for every poke of one of the topics, and after every (re)connect. */
  subscribe(topics: readonly string[], poked: () => void): () => void;
  connection(): Connection;
  onConnection(changed: (state: Connection) => void): () => void;
  close(): void;
}

/** While not live, subscribers are called this often. */
export const FALLBACK_MS = 5_000;

/** The part of a socket that the feed needs; a fake stands in for it in tests. */
export interface FeedSocket {
  on(event: string, listener: (...args: unknown[]) => void): unknown;
  disconnect(): unknown;
}

interface Subscription {
  topics: ReadonlySet<string>;
  poked: () => void;
}

export function createFeed(socket: FeedSocket): Feed {
  const subscriptions = new Set<Subscription>();
  const watchers = new Set<(state: Connection) => void>();
  let state: Connection = "connecting";

  function become(next: Connection): void {
    if (state === next) return;
    state = next;
    for (const watcher of watchers) watcher(next);
  }
  function pokeAll(): void {
    for (const { poked } of subscriptions) poked();
  }

  socket.on("connect", () => {
    become("live");
    pokeAll(); // whatever happened meanwhile was poked to nobody
  });
  socket.on("disconnect", () => {
    become("offline");
  });
  socket.on("connect_error", () => {
    become("offline");
  });
  socket.on("poke", (message) => {
    const topic = topicOf(message);
    for (const { topics, poked } of subscriptions) if (topic !== null && topics.has(topic)) poked();
  });
  const fallback = setInterval(() => {
    if (state !== "live") pokeAll();
  }, FALLBACK_MS);

  return {
    subscribe(topics, poked) {
      const subscription = { topics: new Set(topics), poked };
      subscriptions.add(subscription);
      return () => subscriptions.delete(subscription);
    },
    connection: () => state,
    onConnection(changed) {
      watchers.add(changed);
      return () => watchers.delete(changed);
    },
    close() {
      clearInterval(fallback);
      socket.disconnect();
    },
  };
}

function topicOf(message: unknown): string | null {
  if (typeof message !== "object" || message === null || !("topic" in message)) return null;
  return typeof message.topic === "string" ? message.topic : null;
}

/** The `/lead` namespace; WebSocket only, the token is asked for at every attempt. */
export function leadSocket(token: () => string | null): Socket {
  return io("/lead", {
    transports: ["websocket"],
    auth: (give) => {
      give({ token: token() });
    },
    reconnectionDelay: 500,
    reconnectionDelayMax: 10_000,
    randomizationFactor: 0.5,
  });
}
