/** How hands move the floor plan: pointer, wheel and keys. */

import { useEffect, useRef } from "preact/hooks";

import type { Point } from "./geometry";

/** Zoom of one key press or button. */
export const STEP = 1.4;
const KEY_PAN = 60;

/** What a key does on the plan; null for keys that are none of its business. */
export function keyAction(
  key: string,
  panBy: (dx: number, dy: number) => void,
  zoomBy: (factor: number) => void,
  reset: () => void,
): (() => void) | null {
  switch (key) {
    case "ArrowLeft":
      return () => {
        panBy(KEY_PAN, 0);
      };
    case "ArrowRight":
      return () => {
        panBy(-KEY_PAN, 0);
      };
    case "ArrowUp":
      return () => {
        panBy(0, KEY_PAN);
      };
    case "ArrowDown":
      return () => {
        panBy(0, -KEY_PAN);
      };
    case "+":
    case "=":
      return () => {
        zoomBy(STEP);
      };
    case "-":
      return () => {
        zoomBy(1 / STEP);
      };
    case "0":
      return reset;
    default:
      return null;
  }
}

export interface Gestures {
  pan: (dx: number, dy: number) => void;
  zoom: (factor: number, at: Point) => void;
  hover: (at: Point | null) => void;
}

/** One finger or the mouse drags, two fingers pinch, the wheel zooms at the pointer. */
export function useGestures(frame: { current: HTMLElement | null }, gestures: Gestures) {
  const latest = useRef(gestures);
  latest.current = gestures;
  const fingers = useRef(new Map<number, Point>());
  const spot = (event: PointerEvent | WheelEvent): Point => {
    const box = frame.current?.getBoundingClientRect();
    return { x: event.clientX - (box?.left ?? 0), y: event.clientY - (box?.top ?? 0) };
  };
  // Preact listens to wheel passively on some browsers; preventing the page's scroll needs our own.
  useEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const onWheel = (event: WheelEvent): void => {
      event.preventDefault();
      latest.current.zoom(Math.exp(-event.deltaY * 0.0015), spot(event));
    };
    element.addEventListener("wheel", onWheel, { passive: false });
    return () => {
      element.removeEventListener("wheel", onWheel);
    };
  }, [frame]);

  const drop = (event: PointerEvent): void => {
    fingers.current.delete(event.pointerId);
  };
  return {
    onPointerDown: (event: PointerEvent) => {
      frame.current?.setPointerCapture(event.pointerId);
      fingers.current.set(event.pointerId, spot(event));
    },
    onPointerMove: (event: PointerEvent) => {
      const now = spot(event);
      const before = fingers.current.get(event.pointerId);
      if (!before) {
        latest.current.hover(now);
        return;
      }
      const other = [...fingers.current].find(([id]) => id !== event.pointerId)?.[1];
      fingers.current.set(event.pointerId, now);
      if (!other) {
        latest.current.pan(now.x - before.x, now.y - before.y);
        return;
      }
      const apart = (point: Point): number => Math.hypot(point.x - other.x, point.y - other.y);
      if (apart(before) > 0) latest.current.zoom(apart(now) / apart(before), other);
    },
    onPointerUp: drop,
    onPointerCancel: drop,
    onPointerLeave: () => {
      latest.current.hover(null);
    },
  };
}
