/** Below the lists: goods to be put back and locations to be counted. */

import { useState } from "preact/hooks";

import type { FloorTask } from "../api/types";
import { label } from "../catalogue/text";
import { useConsole } from "../state/console";
import { Empty, Loading, Panel, Problem } from "./basics";
import { FloorTaskDialog } from "./floor_task_dialog";

export function FloorTasks({
  work,
  error,
  onDone,
}: {
  /** Null before the first answer. */
  work: readonly FloorTask[] | null;
  error: unknown;
  onDone: () => void;
}) {
  const { t } = useConsole();
  const [chosen, setChosen] = useState<FloorTask | null>(null);
  return (
    <Panel
      title={t("floorTasks.title")}
      side={<span class="count">{work?.length ?? "–"}</span>}
      flush
      testid="floor-tasks"
    >
      <Problem error={error} />
      {work === null && !error && <Loading />}
      {work?.length === 0 && <Empty title={t("floorTasks.none")} />}
      {work !== null && work.length > 0 && <FloorTaskTable work={work} onChoose={setChosen} />}
      {chosen !== null && (
        <FloorTaskDialog
          task={chosen}
          onDone={onDone}
          onClose={() => {
            setChosen(null);
          }}
        />
      )}
    </Panel>
  );
}

type OnChoose = (task: FloorTask) => void;

function FloorTaskTable({ work, onChoose }: { work: readonly FloorTask[]; onChoose: OnChoose }) {
  const { t } = useConsole();
  return (
    <div class="table-wrap table-wrap-short">
      <table class="table table-board">
        <thead>
          <tr>
            <th>{t("floorTasks.work")}</th>
            <th>{t("field.item")}</th>
            <th class="num">{t("field.units")}</th>
            <th>{t("floorTasks.where")}</th>
            <th>{t("field.cause")}</th>
            <th class="num wide-only">{t("field.time")}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {work.map((task) => (
            <Row key={task.id} task={task} onChoose={onChoose} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ task, onChoose }: { task: FloorTask; onChoose: OnChoose }) {
  const { t, formats } = useConsole();
  const counting = task.kind === "count";
  return (
    <tr data-testid={`floor-task-${task.id}`}>
      <td class="strong">{label(t, "floorTask", task.kind)}</td>
      <td>
        <span class="code">{task.sku}</span>
        <span class="sub">{task.name}</span>
      </td>
      <td class="num">{counting ? "" : formats.integer(task.quantity)}</td>
      <td class="code">
        {(counting ? [task.location] : [task.tote, task.location]).filter(Boolean).join(" → ")}
      </td>
      <td>
        {label(t, "floorCause", task.cause)}
        <span class="sub">{whose(task, t)}</span>
      </td>
      <td class="num wide-only">{formats.moment(task.created_at, new Date())}</td>
      <td class="cell-actions">
        <button
          type="button"
          class="link"
          onClick={() => {
            onChoose(task);
          }}
          data-testid="floor-task-open"
        >
          {t(counting ? "floorTasks.count" : "floorTasks.putBack")}
        </button>
      </td>
    </tr>
  );
}

function whose(task: FloorTask, t: ReturnType<typeof useConsole>["t"]): string {
  if (task.order_number !== null)
    return t("exceptions.order", { number: String(task.order_number) });
  if (task.list_number !== null) return t("exceptions.list", { number: String(task.list_number) });
  return "";
}
