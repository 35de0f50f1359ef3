/** The search while it runs: best so far per method against the baseline; can be stopped any time. */

import { useEffect, useRef } from "preact/hooks";

import type { PlanSheet, Run } from "../api/types";
import { label } from "../catalogue/text";
import { Notice, Panel, Problem, Tag } from "../components/basics";
import { Icon } from "../components/icon";
import { Saving } from "../components/plan_rows";
import { runIsActive } from "../components/wave_words";
import { methodProgress, type MethodProgress } from "../plan/sheet";
import { useCommand, useConsole, useNow } from "../state/console";
import { useResource } from "../state/resource";

export function PlanSearch({
  runId,
  sheet,
  onEnd,
}: {
  runId: string;
  sheet: PlanSheet | null;
  onEnd: () => void;
}) {
  const { api, t, formats } = useConsole();
  const run = useResource(`run ${runId}`, () => api.run(runId), [`run:${runId}`], {
    everyMs: 1_000,
  });
  const stop = useCommand();
  const ended = run.data !== null && !runIsActive(run.data);
  useEffect(() => {
    if (ended) onEnd();
  }, [ended]);
  if (run.data === null) return <Problem error={run.error} />;
  const { data } = run;
  const waiting = data.state === "queued";
  return (
    <Panel
      title={t(waiting ? "search.queued" : "search.running")}
      side={
        <button
          type="button"
          class="button"
          disabled={stop.busy || ended}
          data-testid="stop-button"
          onClick={() => {
            void stop.run(async () => {
              run.put(await api.stopRun(runId));
            });
          }}
        >
          <Icon name="stop" />
          {t("search.stop")}
        </button>
      }
      testid="plan-search"
    >
      {waiting && !data.worker_alive && (
        <Notice tone="warn" testid="no-worker">
          {t("search.noWorker")}
        </Notice>
      )}
      {waiting && data.worker_alive && <Notice tone="info">{t("search.waiting")}</Notice>}
      <Elapsed run={data} />
      <table class="table table-tight search-table">
        <thead>
          <tr>
            <th>{t("field.method")}</th>
            <th>{t("field.state")}</th>
            <th class="num">{t("search.best")}</th>
            <th class="cell-progress">{t("search.againstBaseline")}</th>
            <th class="num">{t("field.saving")}</th>
          </tr>
        </thead>
        <tbody>
          {methodProgress(data, sheet).map((row) => (
            <MethodRow key={row.method} row={row} />
          ))}
        </tbody>
      </table>
      <p class="hint">
        {data.progress.baseline_mm
          ? t("search.baseline", { length: formats.length(data.progress.baseline_mm) })
          : t("search.noBaseline")}
      </p>
      <Problem error={stop.error ?? run.error} />
    </Panel>
  );
}

function MethodRow({ row }: { row: MethodProgress }) {
  const { t, formats } = useConsole();
  const share =
    row.saving_percent === null ? null : Math.max(0, Math.min(1, 1 - row.saving_percent / 100));
  return (
    <tr data-testid={`search-${row.method}`}>
      <td>
        <strong>{label(t, "method", row.method)}</strong>
      </td>
      <td>
        {row.state === "done" && (
          <Tag tone="ok" icon="check">
            {t("search.done")}
          </Tag>
        )}
        {row.state === "searching" && (
          <Tag tone="info" icon="clock">
            {t("search.searching")}
          </Tag>
        )}
        {row.state === "waiting" && <span class="quiet">{t("search.notYet")}</span>}
      </td>
      <td class="num">{row.best_mm === null ? "–" : formats.length(row.best_mm)}</td>
      <td class="cell-progress">
        {share !== null && (
          <div class="bar bar-walk" aria-hidden="true">
            <i style={{ width: `${share * 100}%` }} />
          </div>
        )}
      </td>
      <td class="num">
        {row.saving_percent === null ? "–" : <Saving percent={row.saving_percent} />}
      </td>
    </tr>
  );
}

/** Time used of the time allowed; runs on between answers of the server. */
function Elapsed({ run }: { run: Run }) {
  const { t, formats } = useConsole();
  const now = useNow(250);
  const heard = useRef({ elapsed: run.elapsed_ms, at: now });
  if (heard.current.elapsed !== run.elapsed_ms)
    heard.current = { elapsed: run.elapsed_ms, at: now };
  const { elapsed, at } = heard.current;
  const running = run.state === "running" && elapsed !== null;
  const ms = elapsed === null ? 0 : elapsed + (running ? now - at : 0);
  const part = Math.min(1, ms / (run.seconds * 1000));
  return (
    <div class="elapsed">
      <div
        class="bar"
        role="progressbar"
        aria-label={t("search.elapsed")}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(part * 100)}
      >
        <i class="bar-done" style={{ width: `${part * 100}%` }} />
      </div>
      <span class="num" data-testid="elapsed">
        {t("search.time", { used: formats.clock(ms), all: formats.clock(run.seconds * 1000) })}
      </span>
    </div>
  );
}
