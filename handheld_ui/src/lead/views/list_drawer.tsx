/** One pick list: its totes, every stop with its tasks, and the last scans. */

import type { ListDetail, ListStop } from "../api/types";
import { label } from "../catalogue/text";
import { Figure, Loading, Problem, Tag } from "../components/basics";
import { Modal } from "../components/dialog";
import { ListStateTag } from "../components/wave_words";
import { useConsole } from "../state/console";
import { useResource } from "../state/resource";
import { formatRoute } from "../state/router";

export function ListDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { api, t } = useConsole();
  const list = useResource(`list ${id}`, () => api.list(id), [`list:${id}`, "board"]);
  const { data } = list;
  return (
    <Modal
      side
      title={data ? t("list.title", { number: String(data.number) }) : t("common.loading")}
      onClose={onClose}
      testid="list-drawer"
    >
      <div class="dialog-body">
        <Problem error={list.error} />
        {data ? <Detail list={data} /> : list.error ? null : <Loading />}
      </div>
    </Modal>
  );
}

function Detail({ list }: { list: ListDetail }) {
  const { t, formats } = useConsole();
  return (
    <>
      <div class="row-line">
        <ListStateTag state={list.state} />
        <span>
          {label(t, "method", list.method)}
          {list.zone ? ` · ${list.zone}` : ""}
        </span>
        <span class="spacer" />
        <a class="button" href={formatRoute({ view: "map", list: list.id })}>
          {t("board.onMap")}
        </a>
      </div>
      <dl class="figures figures-four">
        <Figure label={t("field.picker")} value={list.picker?.name ?? "–"} />
        <Figure label={t("field.stops")} value={`${list.stops_done}/${list.stops_total}`} />
        <Figure label={t("field.shorts")} value={formats.integer(list.shorts)} />
        <Figure
          label={t("field.walk")}
          value={formats.length(list.length_mm)}
          note={formats.duration(list.duration_ms)}
        />
      </dl>
      <section>
        <h3 class="section">{t("list.totes")}</h3>
        <ul class="totes">
          {list.totes.map((tote) => (
            <li key={tote.slot}>
              <strong>{tote.label}</strong>
              <span class="code">{tote.tote ?? t("list.noTote")}</span>
              <span class="sub">
                {tote.order_number === null
                  ? t("list.mixed")
                  : t("exceptions.order", { number: String(tote.order_number) })}
              </span>
              {tote.dropped_station !== null && (
                <Tag tone="ok" icon="check">
                  {tote.dropped_station}
                </Tag>
              )}
            </li>
          ))}
        </ul>
      </section>
      <section>
        <h3 class="section">{t("list.stops")}</h3>
        <table class="table table-tight">
          <thead>
            <tr>
              <th class="num">#</th>
              <th>{t("field.location")}</th>
              <th>{t("field.item")}</th>
              <th class="num">{t("list.picked")}</th>
              <th>{t("field.state")}</th>
            </tr>
          </thead>
          <tbody>
            {list.stops.map((stop, index) => (
              <StopRows key={stop.id} stop={stop} number={index + 1} />
            ))}
          </tbody>
        </table>
      </section>
      <Scans list={list} />
    </>
  );
}

function StopRows({ stop, number }: { stop: ListStop; number: number }) {
  const { t } = useConsole();
  return (
    <>
      {stop.tasks.map((task, index) => (
        <tr key={task.id}>
          <td class="num">{index === 0 ? number : ""}</td>
          <td class="code">{index === 0 ? stop.location : ""}</td>
          <td>
            <span class="code">{task.sku}</span>
            <span class="sub">{task.name}</span>
          </td>
          <td class="num">
            {task.picked}/{task.quantity}
          </td>
          <td>
            {label(t, "task.state", task.state)}
            {task.short > 0 && (
              <span class="sub word-short">{t("board.short", { n: task.short })}</span>
            )}
          </td>
        </tr>
      ))}
    </>
  );
}

function Scans({ list }: { list: ListDetail }) {
  const { t, formats } = useConsole();
  if (list.ops.length === 0) return null;
  const now = new Date();
  return (
    <section>
      <h3 class="section">{t("list.ops")}</h3>
      <table class="table table-tight">
        <thead>
          <tr>
            <th>{t("field.time")}</th>
            <th>{t("list.op")}</th>
            <th>{t("list.verdict")}</th>
          </tr>
        </thead>
        <tbody>
          {list.ops.map((op, index) => (
            <tr key={index}>
              <td class="nowrap">{formats.moment(op.at, now)}</td>
              <td>{label(t, "op", op.kind)}</td>
              <td>
                {label(t, "verdict", op.verdict)}
                {op.verdict !== "applied" && <span class="sub">{label(t, "code", op.code)}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
