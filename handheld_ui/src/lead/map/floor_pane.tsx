/** The plan of the floor with its legend, and the same facts as a table for those who cannot see it. */

import { useMemo, useState } from "preact/hooks";

import type { LayoutDocument } from "../api/types";
import { useConsole } from "../state/console";
import { routeColour, zoneTint } from "./colours";
import { FloorCanvas } from "./floor_canvas";
import { floorPlan, type FloorPlan } from "./geometry";
import type { PickerMark, Route } from "./scene";

export function useFloorPlan(layout: LayoutDocument | null): FloorPlan | null {
  return useMemo(() => (layout === null ? null : floorPlan(layout)), [layout]);
}

export function FloorPane({
  plan,
  routes,
  strong,
  pickers,
}: {
  plan: FloorPlan;
  routes: readonly Route[];
  strong: ReadonlySet<string>;
  pickers: readonly PickerMark[];
}) {
  const { t } = useConsole();
  const [floor, setFloor] = useState(plan.floors[0] ?? 0);
  const [asTable, setAsTable] = useState(false);
  const scene = useMemo(() => ({ routes, strong, pickers }), [routes, strong, pickers]);
  return (
    <div class="floor-pane">
      <div class="floor-bar">
        {plan.floors.length > 1 && (
          <label class="inline-field">
            <span>{t("map.floor")}</span>
            <select
              value={String(floor)}
              onChange={(event) => {
                setFloor(Number(event.currentTarget.value));
              }}
            >
              {plan.floors.map((level) => (
                <option key={level} value={String(level)}>
                  {level}
                </option>
              ))}
            </select>
          </label>
        )}
        <ZoneLegend plan={plan} />
        <span class="spacer" />
        <label class="check">
          <input
            type="checkbox"
            checked={asTable}
            onChange={(event) => {
              setAsTable(event.currentTarget.checked);
            }}
            data-testid="map-as-table"
          />
          <span>{t("map.asTable")}</span>
        </label>
      </div>
      {asTable ? (
        <SceneTable routes={routes.filter((route) => strong.has(route.id))} pickers={pickers} />
      ) : (
        <FloorCanvas
          plan={plan}
          floor={floor}
          scene={scene}
          label={t("map.label", { n: strong.size, pickers: pickers.length })}
        />
      )}
    </div>
  );
}

function ZoneLegend({ plan }: { plan: FloorPlan }) {
  return (
    <ul class="legend">
      {plan.zoneIds.map((id) => (
        <li key={id}>
          <i class="swatch" style={{ background: zoneTint(plan.zoneIds, id) }} />
          {plan.zones.find((zone) => zone.id === id)?.name ?? id}
        </li>
      ))}
    </ul>
  );
}

function SceneTable({
  routes,
  pickers,
}: {
  routes: readonly Route[];
  pickers: readonly PickerMark[];
}) {
  const { t } = useConsole();
  return (
    <div class="floor-table table-wrap" data-testid="map-table">
      <table class="table table-tight">
        <caption>{t("map.pickers")}</caption>
        <thead>
          <tr>
            <th>{t("field.picker")}</th>
            <th>{t("field.list")}</th>
            <th class="num">x (m)</th>
            <th class="num">y (m)</th>
          </tr>
        </thead>
        <tbody>
          {pickers.map((picker) => (
            <tr key={picker.id}>
              <td>{picker.name}</td>
              <td>{picker.list}</td>
              <td class="num">{(picker.at.x / 1000).toFixed(1)}</td>
              <td class="num">{(picker.at.y / 1000).toFixed(1)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <table class="table table-tight">
        <caption>{t("map.stops")}</caption>
        <thead>
          <tr>
            <th>{t("field.list")}</th>
            <th class="num">{t("field.stop")}</th>
            <th>{t("field.location")}</th>
            <th>{t("field.state")}</th>
          </tr>
        </thead>
        <tbody>
          {routes.flatMap((route) =>
            route.stops.map((stop) => (
              <tr key={`${route.id} ${stop.position}`}>
                <td>{route.label}</td>
                <td class="num">{stop.position}</td>
                <td class="code">{stop.location}</td>
                <td>{t(stop.done ? "map.done" : "map.open")}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </div>
  );
}

/** The line style of a route as a small sample beside its name. */
export function RouteSample({ style }: { style: number }) {
  return <i class="route-sample" style={{ background: routeColour(style) }} />;
}
