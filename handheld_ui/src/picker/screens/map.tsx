/** A small map: the tour, the way from the last stop to the next, and what is still to do. */
import type { JSX } from "preact";

import type { Stop } from "../../shared/protocol";
import { openStops, type View } from "../view";
import { useParts } from "./context";
import { boundsOf, wayTo } from "./route";

export function MiniMap({ view, stop }: { view: View; stop: Stop }): JSX.Element {
  const { say } = useParts();
  const { snapshot } = view;
  const path = snapshot.path.filter(([, , floor]) => floor === stop.floor);
  const left = openStops(view).filter(({ floor }) => floor === stop.floor);
  const done = snapshot.stops.filter((each) => each.floor === stop.floor && !left.includes(each));
  const before = snapshot.stops[snapshot.stops.findIndex(({ id }) => id === stop.id) - 1];
  const way = wayTo(path, before, stop);
  const { x, y, width, height, unit } = boundsOf([
    ...path.map(([px, py]) => [px, py] as const),
    ...left.map(({ x_mm, y_mm }) => [x_mm, y_mm] as const),
  ]);
  const line = (points: readonly (readonly [number, number])[]): string =>
    points.map(([px, py]) => `${px},${py}`).join(" ");
  const from = way[0];
  return (
    <svg
      class="map"
      data-testid="map"
      viewBox={`${x} ${y} ${width} ${height}`}
      role="img"
      aria-label={say({ key: "goto.map", with: { location: stop.location } })}
    >
      <polyline class="tour" points={line(path.map(([px, py]) => [px, py]))} />
      {done.map((each) => (
        <circle key={each.id} class="gone" cx={each.x_mm} cy={each.y_mm} r={unit * 1.6} />
      ))}
      {left.map((each) => (
        <circle key={each.id} class="later" cx={each.x_mm} cy={each.y_mm} r={unit * 2.2} />
      ))}
      <polyline class="way" points={line(way)} />
      {from !== undefined && <circle class="here" cx={from[0]} cy={from[1]} r={unit * 2.6} />}
      <circle class="halo" cx={stop.x_mm} cy={stop.y_mm} r={unit * 6} />
      <circle class="target" cx={stop.x_mm} cy={stop.y_mm} r={unit * 3.4} />
    </svg>
  );
}
