/** What part of the floor the canvas shows: `scale` pixels per millimetre, y upwards. */

import type { Bounds, Point } from "./geometry";

export interface Camera {
  scale: number;
  /** Millimetre point shown in the middle of the canvas. */
  centre: Point;
  width: number;
  height: number;
}

const MAX_SCALE = 0.4; // a metre on 400 pixels
const MIN_VIEW_MM = 2_000;

/** Everything in sight, with `padding` pixels around it. */
export function fit(bounds: Bounds, width: number, height: number, padding = 28): Camera {
  const spanX = Math.max(bounds.max.x - bounds.min.x, MIN_VIEW_MM);
  const spanY = Math.max(bounds.max.y - bounds.min.y, MIN_VIEW_MM);
  const scale = Math.min(
    Math.max(width - 2 * padding, 1) / spanX,
    Math.max(height - 2 * padding, 1) / spanY,
    MAX_SCALE,
  );
  const centre = {
    x: (bounds.min.x + bounds.max.x) / 2,
    y: (bounds.min.y + bounds.max.y) / 2,
  };
  return { scale, centre, width, height };
}

export function toScreen(camera: Camera, at: Point): Point {
  return {
    x: camera.width / 2 + (at.x - camera.centre.x) * camera.scale,
    y: camera.height / 2 - (at.y - camera.centre.y) * camera.scale,
  };
}

export function toFloor(camera: Camera, at: Point): Point {
  return {
    x: camera.centre.x + (at.x - camera.width / 2) / camera.scale,
    y: camera.centre.y - (at.y - camera.height / 2) / camera.scale,
  };
}

/** Moved by a drag of (dx, dy) pixels. */
export function pan(camera: Camera, dx: number, dy: number): Camera {
  const centre = {
    x: camera.centre.x - dx / camera.scale,
    y: camera.centre.y + dy / camera.scale,
  };
  return { ...camera, centre };
}

/** Zoomed by `factor` so that the floor under the pixel `at` stays where it is. */
export function zoom(camera: Camera, at: Point, factor: number, minScale: number): Camera {
  const scale = Math.min(Math.max(camera.scale * factor, minScale), MAX_SCALE);
  const under = toFloor(camera, at);
  const moved = { ...camera, scale };
  const now = toScreen(moved, under);
  return pan(moved, at.x - now.x, at.y - now.y);
}

/** Moved back so that the middle of the view stays on the plan: nobody loses it by dragging. */
export function onPlan(camera: Camera, bounds: Bounds): Camera {
  const centre = {
    x: Math.min(Math.max(camera.centre.x, bounds.min.x), bounds.max.x),
    y: Math.min(Math.max(camera.centre.y, bounds.min.y), bounds.max.y),
  };
  return { ...camera, centre };
}

/** Whether a point of the floor is on the canvas or at most `margin` pixels beside it. */
export function inSight(camera: Camera, at: Point, margin: number): boolean {
  const { x, y } = toScreen(camera, at);
  return x > -margin && y > -margin && x < camera.width + margin && y < camera.height + margin;
}
