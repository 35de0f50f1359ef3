/// <reference lib="webworker" />
/**
 * Keeps the picker's shell, so that a reload without network shows the page.
 *
 * Convenience only: everything that is true lies in IndexedDB and on the server.
 * The list of files is written in by the build (`vite.config.ts`).
 */
declare const self: ServiceWorkerGlobalScope;
declare const __SHELL_FILES__: readonly string[];

const PAGE = "/pick";
const EXTRA = ["/assets/icon.svg", "/assets/picker.webmanifest"];
const FILES = [PAGE, ...EXTRA, ...__SHELL_FILES__];
const PREFIX = "wavepick-shell-";

/** A cache per list of files: names carry content hashes, so equal lists are equal files. */
function cacheName(): string {
  return PREFIX + __SHELL_FILES__.join("|");
}

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(cacheName())
      .then((cache) => cache.addAll(FILES))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) =>
        Promise.all(
          names
            .filter((name) => name.startsWith(PREFIX) && name !== cacheName())
            .map((name) => caches.delete(name)),
        ),
      )
      .then(() => self.clients.claim()),
  );
});

/** The page: network first, so that a new version arrives; the kept one when that fails. */
async function page(request: Request): Promise<Response> {
  try {
    const answer = await fetch(request);
    if (answer.ok) return answer;
  } catch {
    // No network: the kept page is the answer.
  }
  return (await caches.match(PAGE)) ?? Response.error();
}

/** Files with a hash in their name never change: the kept one is the right one. */
async function asset(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? fetch(request);
}

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname === PAGE) event.respondWith(page(event.request));
  else if (FILES.includes(url.pathname)) event.respondWith(asset(event.request));
});

export {};
