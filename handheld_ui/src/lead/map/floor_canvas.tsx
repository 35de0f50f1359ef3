/** The floor plan on two canvases: the building is painted when the camera moves, the scene on news. */

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

import { Icon } from "../components/icon";
import { useConsole } from "../state/console";
import { fit, onPlan, pan, toFloor, zoom, type Camera } from "./camera";
import { drawBuilding } from "./draw_building";
import { drawScene, type Scene } from "./draw_scene";
import { keyAction, STEP, useGestures } from "./gestures";
import { boundsOf, cellAt, type FloorPlan, type Point } from "./geometry";

/** Pixels around the plan: room for names and for the buttons at the edge. */
const PADDING = 60;

export function FloorCanvas({
  plan,
  floor,
  scene,
  label,
}: {
  plan: FloorPlan;
  floor: number;
  scene: Scene;
  label: string;
}) {
  const { t } = useConsole();
  const frame = useRef<HTMLDivElement>(null);
  const building = useRef<HTMLCanvasElement>(null);
  const moving = useRef<HTMLCanvasElement>(null);
  const size = useSize(frame);
  const bounds = useMemo(() => boundsOf(plan, floor), [plan, floor]);
  const home = useMemo(
    () => (bounds && size.width > 0 ? fit(bounds, size.width, size.height, PADDING) : null),
    [bounds, size.width, size.height],
  );
  const [moved, setMoved] = useState<Camera | null>(null);
  useEffect(() => {
    setMoved(null);
  }, [home]);
  const camera = moved ?? home;
  const [under, setUnder] = useState("");

  useLayoutEffect(() => {
    const ctx = camera === null ? null : prepared(building.current, camera);
    if (ctx !== null && camera !== null) drawBuilding(ctx, camera, plan, floor);
  }, [camera, plan, floor]);
  useLayoutEffect(() => {
    const ctx = camera === null ? null : prepared(moving.current, camera);
    if (ctx !== null && camera !== null) drawScene(ctx, camera, floor, scene);
  }, [camera, floor, scene]);

  const move = (next: Camera): void => {
    setMoved(bounds ? onPlan(next, bounds) : next);
  };
  const zoomBy = (factor: number, at?: Point): void => {
    if (!camera || !home) return;
    const middle = { x: camera.width / 2, y: camera.height / 2 };
    move(zoom(camera, at ?? middle, factor, home.scale * 0.6));
  };
  const panBy = (dx: number, dy: number): void => {
    if (camera) move(pan(camera, dx, dy));
  };
  const gestures = useGestures(frame, {
    pan: panBy,
    zoom: zoomBy,
    hover: (at) => {
      const cell = at && camera ? cellAt(plan, floor, toFloor(camera, at)) : null;
      setUnder(
        cell
          ? `${cell.codes.slice(0, 3).join(", ")}${cell.codes.length > 3 ? " …" : ""}${cell.zone ? ` · ${cell.zone}` : ""}`
          : "",
      );
    },
  });
  const onKeyDown = (event: KeyboardEvent): void => {
    const action = keyAction(event.key, panBy, zoomBy, () => {
      setMoved(null);
    });
    if (action) {
      event.preventDefault();
      action();
    }
  };
  return (
    <div
      class="floor"
      ref={frame}
      tabIndex={0}
      role="application"
      aria-label={label}
      data-testid="floor-plan"
      onKeyDown={onKeyDown}
      {...gestures}
    >
      <canvas ref={building} />
      <canvas ref={moving} />
      <div
        class="floor-tools"
        onPointerDown={(event) => {
          event.stopPropagation();
        }}
      >
        <button
          type="button"
          class="icon-button"
          aria-label={t("map.zoomIn")}
          title={t("map.zoomIn")}
          onClick={() => {
            zoomBy(STEP);
          }}
        >
          <Icon name="plus" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label={t("map.zoomOut")}
          title={t("map.zoomOut")}
          onClick={() => {
            zoomBy(1 / STEP);
          }}
        >
          <Icon name="minus" />
        </button>
        <button
          type="button"
          class="icon-button"
          aria-label={t("map.fit")}
          title={t("map.fit")}
          onClick={() => {
            setMoved(null);
          }}
        >
          <Icon name="fit" />
        </button>
      </div>
      {under && <div class="floor-under">{under}</div>}
    </div>
  );
}

/** A context in CSS pixels on a canvas with the device's own resolution. */
function prepared(
  canvas: HTMLCanvasElement | null,
  camera: Camera,
): CanvasRenderingContext2D | null {
  if (!canvas) return null;
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [Math.round(camera.width * ratio), Math.round(camera.height * ratio)];
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const ctx = canvas.getContext("2d");
  ctx?.setTransform(ratio, 0, 0, ratio, 0, 0);
  return ctx;
}

function useSize(frame: { current: HTMLElement | null }): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = frame.current;
    if (!element) return undefined;
    const measure = (): void => {
      setSize({ width: element.clientWidth, height: element.clientHeight });
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      observer.disconnect();
    };
  }, [frame]);
  return size;
}
