/** Paints what stands still: racks by zone, walking lines, stations. Pixels of CSS. */

import { inSight, toScreen, type Camera } from "./camera";
import * as colour from "./colours";
import type { FloorPlan } from "./geometry";
import { arrowHead, FONT, outlined } from "./paint";

/** No rack reaches farther than this from its access point. */
const REACH_MM = 6_000;

export function drawBuilding(
  ctx: CanvasRenderingContext2D,
  camera: Camera,
  plan: FloorPlan,
  floor: number,
): void {
  ctx.fillStyle = colour.GROUND;
  ctx.fillRect(0, 0, camera.width, camera.height);
  drawCells(ctx, camera, plan, floor);
  drawWalks(ctx, camera, plan, floor);
  drawStations(ctx, camera, plan, floor);
  drawZones(ctx, camera, plan, floor);
}

function drawCells(
  ctx: CanvasRenderingContext2D,
  camera: Camera,
  plan: FloorPlan,
  floor: number,
): void {
  const zones = plan.zoneIds;
  const margin = 100 + REACH_MM * camera.scale;
  const byTint = new Map<string, Path2D>();
  for (const cell of plan.cells) {
    if (cell.floor !== floor || !inSight(camera, cell.access, margin)) continue;
    const tint = colour.zoneTint(zones, cell.zone);
    const path = byTint.get(tint) ?? new Path2D();
    byTint.set(tint, path);
    cell.corners.forEach((corner, index) => {
      const { x, y } = toScreen(camera, corner);
      if (index === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
    });
    path.closePath();
  }
  ctx.strokeStyle = colour.CELL_EDGE;
  ctx.lineWidth = Math.min(1, camera.scale * 60);
  for (const [tint, path] of byTint) {
    ctx.fillStyle = tint;
    ctx.fill(path);
    ctx.stroke(path);
  }
}

function drawWalks(
  ctx: CanvasRenderingContext2D,
  camera: Camera,
  plan: FloorPlan,
  floor: number,
): void {
  ctx.strokeStyle = colour.WALK_LINE;
  ctx.lineWidth = 1;
  ctx.setLineDash([]);
  ctx.beginPath();
  for (const segment of plan.segments) {
    if (segment.floor !== floor) continue;
    const [from, to] = [toScreen(camera, segment.from), toScreen(camera, segment.to)];
    ctx.moveTo(from.x, from.y);
    ctx.lineTo(to.x, to.y);
  }
  ctx.stroke();
  ctx.fillStyle = colour.WALK_LINE;
  for (const segment of plan.segments) {
    if (segment.floor === floor && segment.one_way) {
      arrowHead(ctx, toScreen(camera, segment.from), toScreen(camera, segment.to), 0.5, 6);
    }
  }
}

function drawStations(
  ctx: CanvasRenderingContext2D,
  camera: Camera,
  plan: FloorPlan,
  floor: number,
): void {
  ctx.font = `600 11px ${FONT}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "top";
  let taken = Number.NEGATIVE_INFINITY;
  for (const station of plan.stations
    .filter((entry) => entry.floor === floor)
    .toSorted((a, b) => a.at.x - b.at.x)) {
    const { x, y } = toScreen(camera, station.at);
    ctx.fillStyle = colour.STATION;
    ctx.fillRect(x - 5, y - 5, 10, 10);
    const half = ctx.measureText(station.id).width / 2;
    if (x - half <= taken + 6) continue; // names would run into each other
    outlined(ctx, station.id, x, y + 9, colour.INK);
    taken = x + half;
  }
}

function drawZones(
  ctx: CanvasRenderingContext2D,
  camera: Camera,
  plan: FloorPlan,
  floor: number,
): void {
  ctx.font = `600 13px ${FONT}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "bottom";
  for (const zone of plan.zones) {
    if (zone.floor !== floor) continue;
    const { x, y } = toScreen(camera, zone.top);
    outlined(
      ctx,
      zone.name === zone.id ? zone.id : `${zone.id} · ${zone.name}`,
      x,
      y - 8,
      colour.INK_SOFT,
    );
  }
}
