/** Strokes that building and scene share. */

import * as colour from "./colours";
import type { Point } from "./geometry";

export const FONT = '-apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif';

/** Words with a pale rim, readable on lines and racks. */
export function outlined(
  ctx: CanvasRenderingContext2D,
  words: string,
  x: number,
  y: number,
  ink: string,
): void {
  ctx.lineWidth = 4;
  ctx.lineJoin = "round";
  ctx.strokeStyle = colour.GROUND;
  ctx.strokeText(words, x, y);
  ctx.fillStyle = ink;
  ctx.fillText(words, x, y);
}

/** An arrow head on the way from one pixel to another, `part` of the way along. */
export function arrowHead(
  ctx: CanvasRenderingContext2D,
  from: Point,
  to: Point,
  part: number,
  size: number,
): void {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  ctx.save();
  ctx.translate(from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part);
  ctx.rotate(angle);
  ctx.beginPath();
  ctx.moveTo(size, 0);
  ctx.lineTo(-size, -size * 0.8);
  ctx.lineTo(-size, size * 0.8);
  ctx.fill();
  ctx.restore();
}
