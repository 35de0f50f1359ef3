/** Places of the console as the part of the address behind `#`, so that reload and back work. */

import { useEffect, useState } from "preact/hooks";

export type Route =
  | { view: "orders" }
  | { view: "waves" }
  | { view: "builder" }
  | { view: "wave"; id: string; tab: "plan" | "report" }
  | { view: "board" }
  | { view: "devices" }
  | { view: "map"; list: string | null };

export function parseRoute(hash: string): Route {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [view, id, tab] = path.split("/").map(decodeURIComponent);
  if (view === "waves" && id === "new") return { view: "builder" };
  if (view === "waves" && id)
    return { view: "wave", id, tab: tab === "report" ? "report" : "plan" };
  if (view === "waves") return { view: "waves" };
  if (view === "devices") return { view: "devices" };
  if (view === "board") return { view: "board" };
  if (view === "map") return { view: "map", list: new URLSearchParams(query).get("list") };
  return { view: "orders" };
}

export function formatRoute(route: Route): string {
  switch (route.view) {
    case "builder":
      return "#/waves/new";
    case "wave":
      return `#/waves/${encodeURIComponent(route.id)}${route.tab === "report" ? "/report" : ""}`;
    case "map":
      return route.list === null ? "#/map" : `#/map?list=${encodeURIComponent(route.list)}`;
    default:
      return `#/${route.view}`;
  }
}

export function go(route: Route): void {
  window.location.hash = formatRoute(route);
}

export function useRoute(): Route {
  const [route, setRoute] = useState(() => parseRoute(window.location.hash));
  useEffect(() => {
    const changed = (): void => {
      setRoute(parseRoute(window.location.hash));
    };
    window.addEventListener("hashchange", changed);
    return () => {
      window.removeEventListener("hashchange", changed);
    };
  }, []);
  return route;
}
