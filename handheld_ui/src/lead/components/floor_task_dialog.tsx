/** Asks where goods were put, or how many were counted, and books it. */

import { useState } from "preact/hooks";

import type { FloorTask } from "../api/types";
import { useCommand, useConsole } from "../state/console";
import { formOf, outcomeOf } from "../state/floor_task";
import { Notice } from "./basics";
import { Confirm } from "./dialog";

export function FloorTaskDialog({
  task,
  onDone,
  onClose,
}: {
  task: FloorTask;
  onDone: () => void;
  onClose: () => void;
}) {
  const { api, t, announce } = useConsole();
  const { busy, error, run } = useCommand();
  const [form, setForm] = useState(() => formOf(task));
  const counting = task.kind === "count";
  const outcome = outcomeOf(task, form);
  const sku = task.sku ?? "";
  const confirm = (): void => {
    void run(async () => {
      if (outcome === null) return;
      const { location, quantity } = outcome;
      if (counting) await api.countLocation(task.id, quantity);
      else await api.putBack(task.id, location, quantity);
      announce(
        counting
          ? t("count.done", { n: quantity, sku, location })
          : t("putBack.done", { sku, location }),
      );
      onDone();
      onClose();
    });
  };
  return (
    <Confirm
      title={
        counting
          ? t("count.title", { sku, location: task.location ?? "" })
          : t("putBack.title", { sku })
      }
      action={t(counting ? "floorTasks.count" : "floorTasks.putBack")}
      busy={busy}
      error={error}
      disabled={outcome === null}
      onConfirm={confirm}
      onClose={onClose}
      testid={counting ? "count-confirm" : "put-back-confirm"}
    >
      <Question task={task} />
      {!counting && (
        <label class="field">
          <span>{t("putBack.location")}</span>
          <input
            value={form.location}
            maxLength={64}
            required
            onInput={(event) => {
              setForm({ ...form, location: event.currentTarget.value });
            }}
            data-testid="put-back-location"
          />
        </label>
      )}
      <label class="field">
        <span>{t(counting ? "count.units" : "putBack.units")}</span>
        <input
          type="number"
          inputMode="numeric"
          min="0"
          max={counting ? undefined : task.quantity}
          step="1"
          required
          autofocus
          value={form.units}
          onInput={(event) => {
            setForm({ ...form, units: event.currentTarget.value });
          }}
          data-testid="floor-task-units"
        />
      </label>
      {outcome !== null && outcome.lost > 0 && (
        <Notice tone="warn" testid="put-back-lost">
          {t("putBack.lost", { n: outcome.lost })}
        </Notice>
      )}
    </Confirm>
  );
}

function Question({ task }: { task: FloorTask }) {
  const { t } = useConsole();
  const { name, quantity: n } = task;
  if (task.kind === "count") return <p>{t("count.text", { name })}</p>;
  if (task.cause === "parked" || task.tote === null)
    return <p>{t("putBack.textParked", { n, name, location: task.location ?? "–" })}</p>;
  return <p>{t("putBack.text", { n, name, place: task.tote })}</p>;
}
