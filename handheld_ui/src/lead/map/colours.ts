/**
 * Colours of the floor plan. Canvas cannot read style sheets, so they stand here.
 *
 * Zone tints are pale grounds that carry a name as well; route colours have at least 4.5:1 on
 * white, differ in lightness, and each route also has its own dash and its list number.
 */

export const GROUND = "#ffffff";
export const WALK_LINE = "#b9c6cf";
export const CELL_EDGE = "#ffffff";
export const CELL_PLAIN = "#dfe6eb";
export const INK = "#0e1c26";
export const INK_SOFT = "#4a5b66";
export const STATION = "#12324a";
export const FAINT_ROUTE = "#7d8f9b";
export const VISIT = "#36474f";

const ZONE_TINTS = [
  "#cfe1ef",
  "#d8ead2",
  "#f3e2c4",
  "#e3d8ee",
  "#f3d6da",
  "#cde7e4",
  "#e6e2c6",
  "#dcdfe6",
];

export const ROUTES = [
  "#0f4a8a",
  "#a63c06",
  "#0b6e69",
  "#7a2e8e",
  "#6b5600",
  "#9c1240",
  "#365a12",
  "#41464d",
];
export const DASHES: readonly (readonly number[])[] = [
  [],
  [9, 4],
  [2, 3],
  [12, 4, 2, 4],
  [5, 3],
  [],
  [9, 4],
  [2, 3],
];

/** A tint per zone, in the order of the zones of the layout. */
export function zoneTint(zones: readonly string[], zone: string | null): string {
  const at = zone === null ? -1 : zones.indexOf(zone);
  return at < 0 ? CELL_PLAIN : (ZONE_TINTS[at % ZONE_TINTS.length] ?? CELL_PLAIN);
}

export function routeColour(index: number): string {
  return ROUTES[index % ROUTES.length] ?? INK;
}

export function routeDash(index: number): readonly number[] {
  return DASHES[index % DASHES.length] ?? [];
}
