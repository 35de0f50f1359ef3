/**
 * The floor plan in millimetres, worked out once from a layout document.
 *
 * Walking edges carry the locations: each becomes a rack face beside its edge, on its side, at its
 * offset. Faces on several levels of one place are one cell. y grows upwards, as in the layout.
 */

import type { LayoutDocument, LayoutLocation } from "../api/types";

export interface Point {
  x: number;
  y: number;
}

export interface Segment {
  from: Point;
  to: Point;
  floor: number;
  one_way: boolean;
}

/** A rack face: four corners, the access point on the walking line, the codes at this place. */
export interface Cell {
  corners: [Point, Point, Point, Point];
  access: Point;
  floor: number;
  zone: string | null;
  codes: string[];
}

export interface StationMark {
  id: string;
  kind: string;
  at: Point;
  floor: number;
}

export interface ZoneMark {
  id: string;
  name: string;
  /** Above the middle of the zone's cells on this floor. */
  top: Point;
  floor: number;
  locations: number;
}

export interface Bounds {
  min: Point;
  max: Point;
}

export interface FloorPlan {
  name: string;
  floors: number[];
  segments: Segment[];
  cells: Cell[];
  stations: StationMark[];
  zones: ZoneMark[];
  /** Ids of all zones, in the order of their tints. */
  zoneIds: string[];
  /** Cell index by location code. */
  cellOf: Map<string, number>;
}

/** Parts of the aisle pitch (distance of neighbouring aisles) for half the aisle and a rack face. */
const HALF_AISLE = 0.2;
const RACK_DEPTH = 0.27;
const DEFAULT_PITCH_MM = 3_000;
const MAX_PITCH_MM = 6_000;
const DEFAULT_FACE_MM = 900;

interface Face {
  origin: Point;
  along: Point;
  offset: number;
  side: -1 | 0 | 1;
  floor: number;
  location: LayoutLocation;
}

export function floorPlan(layout: LayoutDocument): FloorPlan {
  const nodes = new Map(layout.nodes.map((node) => [node.id, node]));
  const segments: Segment[] = layout.edges.flatMap((edge) => {
    const [from, to] = [nodes.get(edge.from), nodes.get(edge.to)];
    if (!from || !to) return [];
    const floor = Math.min(from.floor, to.floor);
    return [{ from: point(from), to: point(to), floor, one_way: edge.one_way }];
  });
  const faces = layout.locations.flatMap((location) => face(location, nodes));
  const pitch = aislePitch(faces);
  const cells: Cell[] = [];
  const cellOf = new Map<string, number>();
  for (const group of groups(faces, faceKey)) {
    const gap = faceWidth(group);
    for (const place of groups(group, (entry) => String(entry.offset))) {
      for (const entry of place) cellOf.set(entry.location.id, cells.length);
      cells.push(cell(place, gap, pitch));
    }
  }
  const stations = layout.stations.flatMap((station) => {
    const node = nodes.get(station.node);
    return node ? [{ id: station.id, kind: station.kind, at: point(node), floor: node.floor }] : [];
  });
  return {
    name: layout.name,
    floors: [...new Set([...nodes.values()].map((node) => node.floor))].toSorted((a, b) => a - b),
    segments,
    cells,
    stations,
    zones: zoneMarks(layout, cells),
    zoneIds: zoneIds(layout),
    cellOf,
  };
}

/** The box around everything drawn on a floor; null when nothing is. */
export function boundsOf(plan: FloorPlan, floor: number): Bounds | null {
  const points = [
    ...plan.segments
      .filter((entry) => entry.floor === floor)
      .flatMap((entry) => [entry.from, entry.to]),
    ...plan.cells.filter((entry) => entry.floor === floor).flatMap((entry) => entry.corners),
    ...plan.stations.filter((entry) => entry.floor === floor).map((entry) => entry.at),
  ];
  const first = points[0];
  if (!first) return null;
  const bounds = { min: { ...first }, max: { ...first } };
  for (const { x, y } of points) {
    bounds.min.x = Math.min(bounds.min.x, x);
    bounds.min.y = Math.min(bounds.min.y, y);
    bounds.max.x = Math.max(bounds.max.x, x);
    bounds.max.y = Math.max(bounds.max.y, y);
  }
  return bounds;
}

function face(
  location: LayoutLocation,
  nodes: Map<string, { x_mm: number; y_mm: number; floor: number }>,
): Face[] {
  if (location.edge) {
    const [from, to] = [nodes.get(location.edge[0]), nodes.get(location.edge[1])];
    if (!from || !to) return [];
    const length = Math.hypot(to.x_mm - from.x_mm, to.y_mm - from.y_mm) || 1;
    const along = { x: (to.x_mm - from.x_mm) / length, y: (to.y_mm - from.y_mm) / length };
    const side = location.side === "left" ? 1 : location.side === "right" ? -1 : 0;
    const offset = Math.min(location.offset_mm, length);
    return [{ origin: point(from), along, offset, side, floor: from.floor, location }];
  }
  const node = location.node ? nodes.get(location.node) : undefined;
  if (!node) return [];
  return [
    { origin: point(node), along: { x: 1, y: 0 }, offset: 0, side: 0, floor: node.floor, location },
  ];
}

/** Smallest distance between parallel lines that carry locations: how far aisles are apart. */
function aislePitch(faces: Face[]): number {
  const lines = new Map<string, Set<number>>();
  for (const { origin, along, floor } of faces) {
    // Direction without sense, and the line's distance from the origin across it.
    const sense = along.x < -1e-6 || (Math.abs(along.x) <= 1e-6 && along.y < 0) ? -1 : 1;
    const across = sense * (along.x * origin.y - along.y * origin.x);
    const key = `${floor} ${(along.x * sense).toFixed(3)} ${(along.y * sense).toFixed(3)}`;
    const distances = lines.get(key) ?? new Set<number>();
    lines.set(key, distances.add(Math.round(across)));
  }
  let pitch = Number.POSITIVE_INFINITY;
  for (const distances of lines.values()) {
    const sorted = [...distances].toSorted((a, b) => a - b);
    sorted.forEach((distance, index) => {
      const gap = distance - (sorted[index - 1] ?? Number.NEGATIVE_INFINITY);
      if (gap >= 500) pitch = Math.min(pitch, gap);
    });
  }
  return Number.isFinite(pitch) ? Math.min(pitch, MAX_PITCH_MM) : DEFAULT_PITCH_MM;
}

function faceKey(entry: Face): string {
  const { origin, along, side, floor } = entry;
  return `${floor} ${origin.x} ${origin.y} ${along.x.toFixed(4)} ${along.y.toFixed(4)} ${side}`;
}

/** Width of a face along its edge: the smallest gap between neighbours. */
function faceWidth(group: Face[]): number {
  const offsets = [...new Set(group.map((entry) => entry.offset))].toSorted((a, b) => a - b);
  let width = Number.POSITIVE_INFINITY;
  offsets.forEach((offset, index) => {
    if (index > 0) width = Math.min(width, offset - (offsets[index - 1] ?? 0));
  });
  return Number.isFinite(width) ? width : DEFAULT_FACE_MM;
}

function cell(place: Face[], width: number, pitch: number): Cell {
  const [first] = place;
  if (!first) throw new Error("a cell needs a location");
  const { origin, along, offset, side, floor } = first;
  const access = { x: origin.x + along.x * offset, y: origin.y + along.y * offset };
  const across = { x: -along.y, y: along.x }; // to the left of the walking direction
  const near = side * pitch * HALF_AISLE;
  const depth = pitch * RACK_DEPTH;
  const [inner, outer] = side === 0 ? [-depth / 4, depth / 4] : [near, near + side * depth];
  const half = (side === 0 ? Math.min(width, depth / 2) : width) / 2;
  const corner = (a: number, b: number): Point => ({
    x: access.x + along.x * a + across.x * b,
    y: access.y + along.y * a + across.y * b,
  });
  return {
    corners: [corner(-half, inner), corner(half, inner), corner(half, outer), corner(-half, outer)],
    access,
    floor,
    zone: first.location.zone,
    codes: place.map((entry) => entry.location.id),
  };
}

function zoneMarks(layout: LayoutDocument, cells: Cell[]): ZoneMark[] {
  const names = new Map(layout.zones.map((zone) => [zone.id, zone.name]));
  const inZone = cells.filter((entry) => entry.zone !== null);
  return [...groups(inZone, (entry) => `${entry.floor} ${entry.zone ?? ""}`)].map((group) => {
    const first = group[0];
    const id = first?.zone ?? "";
    const corners = group.flatMap((entry) => entry.corners);
    const xs = corners.map((corner) => corner.x);
    return {
      id,
      name: names.get(id) ?? id,
      top: {
        x:
          (xs.reduce((so, x) => Math.min(so, x), Infinity) +
            xs.reduce((so, x) => Math.max(so, x), -Infinity)) /
          2,
        y: corners.reduce((so, corner) => Math.max(so, corner.y), -Infinity),
      },
      floor: first?.floor ?? 0,
      locations: group.reduce((so, entry) => so + entry.codes.length, 0),
    };
  });
}

function zoneIds(layout: LayoutDocument): string[] {
  const used = layout.locations.flatMap((location) =>
    location.zone === null ? [] : [location.zone],
  );
  return [...new Set([...layout.zones.map((zone) => zone.id), ...used])];
}

function groups<T>(items: T[], key: (item: T) => string): T[][] {
  const found = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = found.get(name);
    if (group) group.push(item);
    else found.set(name, [item]);
  }
  return [...found.values()];
}

function point(node: { x_mm: number; y_mm: number }): Point {
  return { x: node.x_mm, y: node.y_mm };
}

/** The rack face under a point of the floor; null between the racks. */
export function cellAt(plan: FloorPlan, floor: number, at: Point): Cell | null {
  return plan.cells.find((cell) => cell.floor === floor && inside(cell.corners, at)) ?? null;
}

/** Whether a point lies in a convex polygon: on the same side of all its edges. */
function inside(corners: readonly Point[], at: Point): boolean {
  let sign = 0;
  return corners.every((from, index) => {
    const to = corners[(index + 1) % corners.length] ?? from;
    const turn = Math.sign((to.x - from.x) * (at.y - from.y) - (to.y - from.y) * (at.x - from.x));
    if (turn === 0) return true;
    if (sign === 0) sign = turn;
    return turn === sign;
  });
}
