/** Geometry of the small map, in mm of the layout. */
import type { Snapshot, Stop } from "../../shared/protocol";

export type Point = readonly [x: number, y: number];

export interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** About a hundredth of the picture: sizes of dots. */
  readonly unit: number;
}

/** The box around points with a margin; a single line of stops gets some width. */
export function boundsOf(points: readonly Point[]): Bounds {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const span = Math.max(right - left, bottom - top, 1000);
  const margin = span * 0.09;
  const width = Math.max(right - left, span * 0.4);
  const height = Math.max(bottom - top, span * 0.4);
  return {
    x: (left + right - width) / 2 - margin,
    y: (top + bottom - height) / 2 - margin,
    width: width + 2 * margin,
    height: height + 2 * margin,
    unit: span / 100,
  };
}

/**
 * The part of the tour between two stops; from its start when there is none before.
 *
 * The path names corners only. A stop lies beside the segment that is nearest to it,
 * searched from where the way begins, for a tour may pass the same place twice.
 */
export function wayTo(
  path: Snapshot["path"],
  before: Stop | undefined,
  stop: Stop,
): readonly Point[] {
  const corners = path.map(([x, y]): Point => [x, y]);
  const first = corners[0];
  if (first === undefined) return [];
  const start = before === undefined ? { segment: 0, at: first } : foot(corners, before, 0);
  const end = foot(corners, stop, start.segment);
  const between = corners.slice(start.segment + 1, end.segment + 1);
  return [start.at, ...between, end.at, [stop.x_mm, stop.y_mm]];
}

interface Foot {
  readonly segment: number;
  readonly at: Point;
}

/** The first place of the path, from a segment on, that is nearest to a stop. */
function foot(corners: readonly Point[], stop: Stop, from: number): Foot {
  let best: Foot = { segment: from, at: corners[from] ?? [0, 0] };
  let least = Infinity;
  for (let segment = from; segment + 1 < corners.length; segment += 1) {
    const at = nearestOn(corners[segment] ?? [0, 0], corners[segment + 1] ?? [0, 0], stop);
    const away = Math.hypot(at[0] - stop.x_mm, at[1] - stop.y_mm);
    if (away < least - 1) {
      least = away;
      best = { segment, at };
    }
  }
  return best;
}

function nearestOn([ax, ay]: Point, [bx, by]: Point, { x_mm, y_mm }: Stop): Point {
  const [dx, dy] = [bx - ax, by - ay];
  const square = dx * dx + dy * dy;
  const along = square === 0 ? 0 : ((x_mm - ax) * dx + (y_mm - ay) * dy) / square;
  const share = Math.min(1, Math.max(0, along));
  return [ax + share * dx, ay + share * dy];
}
