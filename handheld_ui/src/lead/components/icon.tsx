/** Line icons on a 20 × 20 grid; decoration beside words, never instead of them. */

const PATHS = {
  orders: "M4 5h12M4 10h12M4 15h7",
  waves: "M2 8c2.7-3 5.3-3 8 0s5.3 3 8 0M2 13.500c2.7-3 5.3-3 8 0s5.3 3 8 0",
  board: "M3 16V4M3 16h14M7 13V9M11 13V6M15 13v-2",
  map: "M3 5l5-2 4 2 5-2v12l-5 2-4-2-5 2zM8 3v12M12 5v12",
  device: "M6 2.500h8v15H6zM9 15h2",
  plus: "M10 4v12M4 10h12",
  minus: "M4 10h12",
  fit: "M4 8V4h4M12 4h4v4M16 12v4h-4M8 16H4v-4",
  close: "M5 5l10 10M15 5L5 15",
  check: "M4 10.500l4 4 8-9",
  alert: "M10 3l8 14H2zM10 8v4M10 14.600v.2",
  info: "M10 2.500a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M10 9v5M10 6.200v.2",
  clock: "M10 2.500a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15M10 6v4l3 2",
  stop: "M5.5 5.500h9v9h-9z",
  hold: "M7 4v12M13 4v12",
  launch: "M6 4l10 6-10 6z",
  star: "M10 2.500l2.3 4.9 5.2.7-3.8 3.7.9 5.3-4.6-2.5-4.6 2.5.9-5.300L2.5 8.100l5.2-.7z",
  user: "M10 10a3.2 3.2 0 1 0 0-6.4 3.2 3.2 0 0 0 0 6.400M4 17c.6-3.3 3-5 6-5s5.4 1.7 6 5",
  search: "M9 3a6 6 0 1 0 0 12A6 6 0 0 0 9 3M13.5 13.500L17 17",
  arrow: "M4 10h12M11 5l5 5-5 5",
  up: "M10 16V4M5 9l5-5 5 5",
  dot: "M10 7a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
  ring: "M10 5a5 5 0 1 0 0 10 5 5 0 0 0 0-10",
  undo: "M4 8h8a4 4 0 0 1 0 8H8M4 8l4-4M4 8l4 4",
  report: "M5 3h7l3 3v11H5zM8 10h4M8 13h4",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 20 20"
      width={size}
      height={size}
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
