/** Paints what moves: routes with their stops, and pickers. Pixels of CSS. */

import { toScreen, type Camera } from "./camera";
import * as colour from "./colours";
import type { Point } from "./geometry";
import { arrowHead, FONT, outlined } from "./paint";
import { onFloor, type PickerMark, type Route } from "./scene";

export interface Scene {
  routes: readonly Route[];
  /** Routes drawn strong with their stops; the others are faint. */
  strong: ReadonlySet<string>;
  pickers: readonly PickerMark[];
}

export function drawScene(
  ctx: CanvasRenderingContext2D,
  camera: Camera,
  floor: number,
  scene: Scene,
): void {
  ctx.clearRect(0, 0, camera.width, camera.height);
  for (const route of scene.routes)
    if (!scene.strong.has(route.id)) drawFaint(ctx, camera, route, floor);
  let shift = 0;
  for (const route of scene.routes) {
    if (!scene.strong.has(route.id)) continue;
    drawRoute(ctx, camera, route, floor, shift);
    shift += 1;
  }
  for (const picker of scene.pickers) if (picker.floor === floor) drawPicker(ctx, camera, picker);
}

function drawFaint(
  ctx: CanvasRenderingContext2D,
  camera: Camera,
  route: Route,
  floor: number,
): void {
  ctx.strokeStyle = colour.FAINT_ROUTE;
  ctx.globalAlpha = 0.45;
  ctx.lineWidth = 1.5;
  ctx.setLineDash([]);
  trace(ctx, camera, route, floor, 0);
  ctx.globalAlpha = 1;
}

function drawRoute(
  ctx: CanvasRenderingContext2D,
  camera: Camera,
  route: Route,
  floor: number,
  shift: number,
): void {
  // Lists that share an aisle run side by side like lines of an underground map.
  const aside = shift === 0 ? 0 : (shift % 2 === 1 ? 1 : -1) * Math.ceil(shift / 2) * 3;
  ctx.strokeStyle = colour.routeColour(route.style);
  ctx.lineWidth = 2.5;
  ctx.lineJoin = "round";
  ctx.setLineDash([...colour.routeDash(route.style)]);
  trace(ctx, camera, route, floor, aside);
  ctx.setLineDash([]);
  drawDirections(ctx, camera, route, floor, aside);
  for (const stop of route.stops) {
    if (stop.floor !== floor) continue;
    const at = toScreen(camera, stop.at);
    const from = toScreen(camera, stop.access);
    ctx.lineWidth = 1.25;
    ctx.beginPath();
    ctx.moveTo(from.x + aside, from.y + aside);
    ctx.lineTo(at.x, at.y);
    ctx.stroke();
    drawStop(
      ctx,
      { x: at.x + aside, y: at.y + aside },
      stop,
      camera,
      colour.routeColour(route.style),
    );
  }
}

function trace(
  ctx: CanvasRenderingContext2D,
  camera: Camera,
  route: Route,
  floor: number,
  aside: number,
): void {
  ctx.beginPath();
  for (const part of onFloor(route.path, floor)) {
    part.forEach((point, index) => {
      const { x, y } = toScreen(camera, point);
      if (index === 0) ctx.moveTo(x + aside, y + aside);
      else ctx.lineTo(x + aside, y + aside);
    });
  }
  ctx.stroke();
}

/** An arrow on every stretch long enough to need one. */
function drawDirections(
  ctx: CanvasRenderingContext2D,
  camera: Camera,
  route: Route,
  floor: number,
  aside: number,
): void {
  ctx.fillStyle = colour.routeColour(route.style);
  for (const part of onFloor(route.path, floor)) {
    const points = part.map((point) => {
      const { x, y } = toScreen(camera, point);
      return { x: x + aside, y: y + aside };
    });
    points.reduce((from, to) => {
      if (Math.hypot(to.x - from.x, to.y - from.y) >= 80) arrowHead(ctx, from, to, 0.55, 5);
      return to;
    });
  }
}

function drawStop(
  ctx: CanvasRenderingContext2D,
  at: Point,
  stop: { done: boolean; position: number },
  camera: Camera,
  ink: string,
): void {
  const radius = camera.scale > 0.022 ? 8 : 4.5;
  ctx.beginPath();
  ctx.arc(at.x, at.y, radius, 0, 2 * Math.PI);
  ctx.fillStyle = stop.done ? ink : colour.GROUND;
  ctx.fill();
  ctx.strokeStyle = ink;
  ctx.lineWidth = 2;
  ctx.stroke();
  if (radius < 8) return;
  ctx.fillStyle = stop.done ? colour.GROUND : colour.INK;
  ctx.font = `700 9px ${FONT}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(stop.done ? "✓" : String(stop.position), at.x, at.y + 0.5);
}

function drawPicker(ctx: CanvasRenderingContext2D, camera: Camera, picker: PickerMark): void {
  const { x, y } = toScreen(camera, picker.at);
  ctx.beginPath();
  ctx.arc(x, y, 10, 0, 2 * Math.PI);
  ctx.fillStyle = colour.STATION;
  ctx.fill();
  ctx.strokeStyle = colour.GROUND;
  ctx.lineWidth = 2.5;
  ctx.stroke();
  ctx.fillStyle = colour.GROUND;
  ctx.font = `700 10px ${FONT}`;
  ctx.textAlign = "center";
  ctx.textBaseline = "middle";
  ctx.fillText(picker.name.slice(0, 1).toUpperCase(), x, y + 0.5);
  ctx.font = `600 11px ${FONT}`;
  ctx.textBaseline = "bottom";
  outlined(ctx, `${picker.name} · ${picker.list}`, x, y - 13, colour.INK);
}
