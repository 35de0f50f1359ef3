/** The plan of a wave: the search while it runs, then the sheet, the launch and how it went. */

import { useState } from "preact/hooks";

import { ApiProblem } from "../api/problem";
import type { LaunchResult, PlanSheet, Wave } from "../api/types";
import { Notice, Panel, Problem } from "../components/basics";
import { TaskBar } from "../components/progress";
import { LAUNCHED, PLANNABLE, runIsActive } from "../components/wave_words";
import { useConsole } from "../state/console";
import { useResource } from "../state/resource";
import { formatRoute } from "../state/router";
import { PlanAgain } from "./plan_again";
import { PlanSearch } from "./plan_search";
import { PlanSheetView } from "./plan_sheet";

export function PlanTab({
  wave,
  reload,
  put,
}: {
  wave: Wave;
  reload: () => void;
  put: (wave: Wave) => void;
}) {
  const { api, t } = useConsole();
  const [launched, setLaunched] = useState<LaunchResult | null>(null);
  const { run } = wave;
  const active = runIsActive(run);
  const topics = [`wave:${wave.id}`, ...(run ? [`run:${run.id}`] : [])];
  const sheet = useResource<PlanSheet | null>(
    run === null ? null : `sheet ${wave.id} ${run.id}`,
    () => sheetOrNull(() => api.planSheet(wave.id)),
    topics,
    active ? { everyMs: 1_000 } : {},
  );
  const plans = sheet.data?.methods.length ?? 0;
  return (
    <>
      {launched && <LaunchDone result={launched} />}
      {LAUNCHED.has(wave.state) && wave.progress.tasks > 0 && (
        <Panel
          title={t("wave.progress")}
          side={
            <a class="link" href={formatRoute({ view: "board" })}>
              {t("wave.toBoard")}
            </a>
          }
        >
          <TaskBar progress={wave.progress} label={t("wave.title", { number: wave.number })} />
        </Panel>
      )}
      {run !== null && active && (
        <PlanSearch
          runId={run.id}
          sheet={sheet.data}
          onEnd={() => {
            reload();
            sheet.reload();
          }}
        />
      )}
      {!active && <Outcome wave={wave} />}
      <Problem error={sheet.error} />
      {!active && sheet.data && plans > 0 && (
        <PlanSheetView
          sheet={{ ...sheet.data, wave }}
          onLaunched={(result) => {
            setLaunched(result);
            put(result.wave);
            window.scrollTo({ top: 0 });
          }}
        />
      )}
      {!active && PLANNABLE.has(wave.state) && (
        <PlanAgain wave={wave} again={plans > 0} onAsked={reload} />
      )}
    </>
  );
}

function LaunchDone({ result }: { result: LaunchResult }) {
  const { t, formats } = useConsole();
  return (
    <Notice tone="ok" testid="launch-result">
      {t("launch.done", { lists: result.lists, tasks: formats.integer(result.tasks) })}{" "}
      <a class="link" href={formatRoute({ view: "board" })} data-testid="to-board">
        {t("wave.toBoard")}
      </a>
    </Notice>
  );
}

/** No plan was stored yet: that is a state, not a failure. */
async function sheetOrNull(read: () => Promise<PlanSheet>): Promise<PlanSheet | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 404) return null;
    throw error;
  }
}

/** How the last search ended, where that needs words. */
function Outcome({ wave }: { wave: Wave }) {
  const { t } = useConsole();
  if (wave.state === "failed")
    return (
      <Notice tone="danger" testid="run-failed">
        {t("wave.failed", { error: wave.run?.error ?? "" })}
      </Notice>
    );
  if (wave.state === "infeasible")
    return <Notice tone="danger">{t("wave.infeasible", { error: wave.run?.error ?? "" })}</Notice>;
  if (wave.state === "stale") return <Notice tone="warn">{t("wave.stale")}</Notice>;
  if (wave.state !== "planned") return null;
  if (wave.run?.state === "cancelled") return <Notice tone="info">{t("wave.stopped")}</Notice>;
  if (wave.run?.state === "overrun") return <Notice tone="warn">{t("wave.overrun")}</Notice>;
  return null;
}
