/** The floor as it is now: pickers at their last finished stop, routes of the lists chosen. */

import { useEffect, useMemo, useState } from "preact/hooks";

import type { BoardList, ListDetail } from "../api/types";
import { label } from "../catalogue/text";
import { Empty, Loading, PageHead, Problem } from "../components/basics";
import { FloorPane, RouteSample, useFloorPlan } from "../map/floor_pane";
import { pickerMarks, walkedRoute } from "../map/scene";
import { useConsole, useLast } from "../state/console";
import { useResource } from "../state/resource";
import { withMember } from "./plan_routes";

/** More routes at once say nothing to the eye. */
const MOST = 8;

export function MapView({ list }: { list: string | null }) {
  const { api, t } = useConsole();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(
    () => new Set(list === null ? [] : [list]),
  );
  useEffect(() => {
    if (list !== null) setChosen((old) => withMember(old, list, true));
  }, [list]);
  const layout = useResource("layout", () => api.layout(), []);
  const board = useResource("board", () => api.board(), ["board"]);
  const ids = [...chosen];
  const details = useResource<readonly ListDetail[]>(
    ids.length === 0 ? null : `lists ${ids.join(" ")}`,
    () => Promise.all(ids.map((id) => api.list(id))),
    ["board", ...ids.map((id) => `list:${id}`)],
  );
  const plan = useFloorPlan(layout.data?.document ?? null);
  const lists = board.data?.lists;
  const pickers = useMemo(
    () => pickerMarks((lists ?? []).filter((entry) => entry.state !== "closed")),
    [lists],
  );
  const known = useLast(details.data);
  const routes = useMemo(
    () => (known ?? []).map((entry) => walkedRoute(entry, styleOf(lists ?? [], entry.id), plan)),
    [known, lists, plan],
  );
  const error = layout.error ?? board.error ?? details.error;
  return (
    <div class="view view-tall">
      <PageHead
        title={t("map.title")}
        sub={
          layout.data
            ? t("map.sub", {
                name: layout.data.name,
                version: layout.data.version,
                n: layout.data.document.locations.length,
              })
            : ""
        }
      />
      <Problem error={error} />
      {!plan || !lists ? (
        error ? null : (
          <Loading />
        )
      ) : (
        <div class="panel panel-flush map-split map-tall">
          <ListChoice lists={lists} chosen={chosen} onChoose={setChosen} />
          <FloorPane plan={plan} routes={routes} strong={chosen} pickers={pickers} />
        </div>
      )}
    </div>
  );
}

/** A list keeps its colour while others come and go. */
function styleOf(lists: readonly BoardList[], id: string): number {
  return Math.max(
    0,
    lists.findIndex((entry) => entry.id === id),
  );
}

function ListChoice({
  lists,
  chosen,
  onChoose,
}: {
  lists: readonly BoardList[];
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
}) {
  const { t, formats } = useConsole();
  const shown = lists.filter(
    (entry) => (entry.state !== "closed" && entry.state !== "cancelled") || chosen.has(entry.id),
  );
  if (shown.length === 0) return <Empty title={t("map.noLists")}>{t("map.noListsHint")}</Empty>;
  const full = chosen.size >= MOST;
  return (
    <ol class="route-list" data-testid="route-list">
      {shown.map((entry) => (
        <li key={entry.id}>
          <label class={chosen.has(entry.id) ? "route-item route-on" : "route-item"}>
            <input
              type="checkbox"
              checked={chosen.has(entry.id)}
              disabled={full && !chosen.has(entry.id)}
              data-testid={`map-list-${entry.number}`}
              onChange={(event) => {
                onChoose(withMember(chosen, entry.id, event.currentTarget.checked));
              }}
            />
            <RouteSample style={styleOf(lists, entry.id)} />
            <span class="route-name">
              <span class="clip">
                {t("list.title", { number: String(entry.number) })}
                {entry.picker ? ` · ${entry.picker.name}` : ""}
              </span>
              <span class="sub">
                {label(t, "list.state", entry.state)} ·{" "}
                {t("board.stopOf", { k: entry.stops_done, n: entry.stops_total })} ·{" "}
                {formats.length(entry.length_mm)}
              </span>
            </span>
          </label>
        </li>
      ))}
    </ol>
  );
}
