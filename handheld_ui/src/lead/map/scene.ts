/** What moves on the floor plan: routes with their stops, and pickers. */

import type { BoardList, ListDetail, PathPoint, PlanList } from "../api/types";
import type { Cell, FloorPlan, Point } from "./geometry";

export interface RouteStop {
  location: string;
  /** In the middle of the rack face, so that the side to pick from is seen. */
  at: Point;
  /** Where on the walking line one turns to it. */
  access: Point;
  floor: number;
  position: number;
  done: boolean;
}

export interface Route {
  id: string;
  label: string;
  path: readonly PathPoint[];
  stops: RouteStop[];
  /** Colour and dash. */
  style: number;
}

export interface PickerMark {
  id: string;
  name: string;
  list: number;
  at: Point;
  floor: number;
}

/** The route of a planned list; stops stand where the layout has their locations. */
export function plannedRoute(list: PlanList, label: string, style: number, plan: FloorPlan): Route {
  const stops = list.stops.flatMap((stop, index) => {
    const cell = plan.cells[plan.cellOf.get(stop.location) ?? -1];
    if (!cell) return [];
    return [
      {
        location: stop.location,
        at: middle(cell),
        access: cell.access,
        floor: cell.floor,
        position: index + 1,
        done: false,
      },
    ];
  });
  return { id: list.id, label, path: list.path, stops, style };
}

/** The route of a launched list; a stop is done once no task of it is open. */
export function walkedRoute(list: ListDetail, style: number, plan: FloorPlan | null): Route {
  const stops = list.stops.map((stop, index) => {
    const cell = plan?.cells[plan.cellOf.get(stop.location) ?? -1];
    return {
      location: stop.location,
      at: cell ? middle(cell) : { x: stop.x_mm, y: stop.y_mm },
      access: { x: stop.x_mm, y: stop.y_mm },
      floor: stop.floor,
      position: index + 1,
      done: stop.tasks.every((task) => task.picked + task.short + task.cancelled >= task.quantity),
    };
  });
  return { id: list.id, label: String(list.number), path: list.path, stops, style };
}

function middle(cell: Cell): Point {
  const [a, , c] = cell.corners;
  return { x: (a.x + c.x) / 2, y: (a.y + c.y) / 2 };
}

/** Pickers at the last stop they finished; who has finished none is not on the plan yet. */
export function pickerMarks(lists: readonly BoardList[]): PickerMark[] {
  return lists.flatMap((list) =>
    list.picker === null || list.x_mm === null || list.y_mm === null
      ? []
      : [
          {
            id: list.picker.id,
            name: list.picker.name,
            list: list.number,
            at: { x: list.x_mm, y: list.y_mm },
            floor: list.floor ?? 0,
          },
        ],
  );
}

/** Parts of a walked line that lie on one floor, each at least two points long. */
export function onFloor(path: readonly PathPoint[], floor: number): Point[][] {
  const parts: Point[][] = [];
  let part: Point[] = [];
  for (const [x, y, level] of path) {
    if (level === floor) part.push({ x, y });
    else {
      if (part.length > 1) parts.push(part);
      part = [];
    }
  }
  if (part.length > 1) parts.push(part);
  return parts;
}
