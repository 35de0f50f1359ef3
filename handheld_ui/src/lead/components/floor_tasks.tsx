/** Beside the lists: goods to be put back and locations to be counted. */

import { useState } from "preact/hooks";

import type { FloorTask } from "../api/types";
import { label } from "../catalogue/text";
import { useConsole } from "../state/console";
import { Empty, Loading, Panel, Problem } from "./basics";
import { FloorTaskDialog } from "./floor_task_dialog";
import { Icon } from "./icon";

export function FloorTasks({
  tasks,
  error,
  onDone,
}: {
  /** Oldest first; null before the first answer. */
  tasks: readonly FloorTask[] | null;
  error: unknown;
  onDone: () => void;
}) {
  const { t } = useConsole();
  const [chosen, setChosen] = useState<FloorTask | null>(null);
  return (
    <Panel
      title={t("floorTasks.title")}
      side={<span class="count">{tasks?.length ?? "–"}</span>}
      flush
      testid="floor-tasks"
    >
      <Problem error={error} />
      {tasks === null && !error && <Loading />}
      {tasks?.length === 0 && <Empty title={t("floorTasks.none")} />}
      {tasks !== null && tasks.length > 0 && (
        <ul class="cards cards-short">
          {tasks.map((task) => (
            <Row key={task.id} task={task} onChoose={setChosen} />
          ))}
        </ul>
      )}
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

function Row({ task, onChoose }: { task: FloorTask; onChoose: (task: FloorTask) => void }) {
  const { t, formats } = useConsole();
  const counting = task.kind === "count";
  const what = [task.sku, counting ? null : t("exceptions.units", { n: task.quantity })];
  const where = counting ? [task.location] : [task.tote, task.location];
  const whose =
    task.order_number !== null
      ? t("exceptions.order", { number: String(task.order_number) })
      : task.list_number !== null
        ? t("exceptions.list", { number: String(task.list_number) })
        : null;
  return (
    <li class="card" data-testid={`floor-task-${task.id}`}>
      <header>
        <Icon name={counting ? "report" : "undo"} />
        <strong>{label(t, "floorTask", task.kind)}</strong>
        <time dateTime={task.created_at}>{formats.moment(task.created_at, new Date())}</time>
      </header>
      <div class="code">{where.filter(Boolean).join(" → ")}</div>
      <div class="code">{what.filter(Boolean).join(" · ")}</div>
      <footer>
        <span class="quiet">
          {[label(t, "floorCause", task.cause), whose].filter(Boolean).join(" · ")}
        </span>
        <button
          type="button"
          class="button button-small"
          onClick={() => {
            onChoose(task);
          }}
          data-testid="floor-task-open"
        >
          <Icon name="check" />
          {t(counting ? "floorTasks.count" : "floorTasks.putBack")}
        </button>
      </footer>
    </li>
  );
}
