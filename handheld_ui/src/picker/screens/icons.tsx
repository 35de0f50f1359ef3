/** Shapes of the signals: each differs without its colour. */
import type { JSX } from "preact";

import type { Signal } from "../../shared/feedback";

export type IconName = Signal | "todo" | "again" | "menu" | "back" | "cloud" | "cloud-off";

const PATHS: Readonly<Record<IconName, string>> = {
  ok: "M5 12.5 10 17.5 19 7",
  step: "M5 12.5 10 17.5 19 7",
  line: "M2 13 6.5 17.5 14 9M11.5 16l1.5 1.5L22 8",
  list: "M6 21V4m0 1c4-3 8 3 13 0v8c-5 3-9-3-13 0",
  wrong: "M6 6l12 12M18 6 6 18",
  unknown: "M8 8.5a4 4 0 1 1 5.5 3.7c-1 .5-1.5 1.1-1.5 2.3M12 19v.2",
  extra: "M12 4v11M12 19.5v.2",
  again: "M4 12a8 8 0 1 0 2.5-5.8M4 4v4.5h4.5",
  news: "M5 17h14l-2-3V10a5 5 0 0 0-10 0v4zM10.5 20.5h3",
  offline: "M3 3l18 18M7 17a4 4 0 0 1-.5-8M10 6.3A6 6 0 0 1 17.5 11 3.5 3.5 0 0 1 20 16.5",
  online: "M7 18a4.5 4.5 0 0 1-.6-8.9 6 6 0 0 1 11.3 1.5A3.8 3.8 0 0 1 17.5 18z",
  todo: "M4 7V4h3M17 4h3v3M20 17v3h-3M7 20H4v-3M8 8v8M11 8v8M14 8v8M16.5 8v8",
  menu: "M4 7h16M4 12h16M4 17h16",
  back: "M20 12H5m6-6-6 6 6 6",
  cloud: "M7 18a4.5 4.5 0 0 1-.6-8.9 6 6 0 0 1 11.3 1.5A3.8 3.8 0 0 1 17.5 18z",
  "cloud-off": "M3 3l18 18M7 17a4 4 0 0 1-.5-8M10 6.3A6 6 0 0 1 17.5 11 3.5 3.5 0 0 1 20 16.5",
};

export function Icon({ name, size = 28 }: { name: IconName; size?: number }): JSX.Element {
  return (
    <svg class="icon" width={size} height={size} viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}
