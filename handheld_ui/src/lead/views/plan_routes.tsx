/** The walks of a plan before it is launched: choose lists, see their routes. */

import { useMemo, useState } from "preact/hooks";

import { Loading, Problem } from "../components/basics";
import { FloorPane, RouteSample, useFloorPlan } from "../map/floor_pane";
import { plannedRoute } from "../map/scene";
import { useConsole } from "../state/console";
import { useResource } from "../state/resource";

const NOBODY: readonly never[] = [];

export function PlanRoutes({ planId }: { planId: string }) {
  const { api, t, formats } = useConsole();
  const layout = useResource("layout", () => api.layout(), []);
  const document = useResource(`plan ${planId}`, () => api.planDocument(planId), []);
  const plan = useFloorPlan(layout.data?.document ?? null);
  const lists = document.data?.lists;
  const routes = useMemo(
    () =>
      plan && lists
        ? lists.map((list, index) =>
            plannedRoute(list, t("plan.list", { number: index + 1 }), index, plan),
          )
        : [],
    [plan, lists, t],
  );
  const [strong, setStrong] = useState<ReadonlySet<string> | null>(null);
  const first = routes[0]?.id;
  const shown = useMemo(
    () => strong ?? new Set(first === undefined ? [] : [first]),
    [strong, first],
  );
  const error = layout.error ?? document.error;
  if (!plan || !lists) return error ? <Problem error={error} /> : <Loading />;
  return (
    <div class="map-split">
      <ol class="route-list" data-testid="route-list">
        {lists.map((list, index) => (
          <li key={list.id}>
            <label class={shown.has(list.id) ? "route-item route-on" : "route-item"}>
              <input
                type="checkbox"
                checked={shown.has(list.id)}
                onChange={(event) => {
                  setStrong(withMember(shown, list.id, event.currentTarget.checked));
                }}
              />
              <RouteSample style={index} />
              <span class="route-name">
                {t("plan.list", { number: index + 1 })}
                {list.zone ? ` · ${list.zone}` : ""}
                <span class="sub">
                  {t("plan.listSum", {
                    stops: list.stops.length,
                    length: formats.length(list.length_mm),
                    time: formats.duration(list.duration_ms),
                  })}
                </span>
              </span>
            </label>
          </li>
        ))}
      </ol>
      <FloorPane plan={plan} routes={routes} strong={shown} pickers={NOBODY} />
    </div>
  );
}

export function withMember(
  set: ReadonlySet<string>,
  member: string,
  on: boolean,
): ReadonlySet<string> {
  const next = new Set(set);
  if (on) next.add(member);
  else next.delete(member);
  return next;
}
