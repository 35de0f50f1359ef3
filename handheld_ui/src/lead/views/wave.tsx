/** One wave: its plan while it is searched, compared and launched, and its report afterwards. */

import { useState } from "preact/hooks";

import type { LaunchResult, PlanSheet, Wave } from "../api/types";
import { ApiProblem } from "../api/problem";
import { Loading, Notice, PageHead, Panel, Problem } from "../components/basics";
import { Confirm } from "../components/dialog";
import { Icon } from "../components/icon";
import { TaskBar } from "../components/progress";
import {
  LAUNCHED,
  PLANNABLE,
  runIsActive,
  WAVE_OVER,
  WaveStateTag,
} from "../components/wave_words";
import { useCommand, useConsole } from "../state/console";
import { useResource } from "../state/resource";
import { formatRoute } from "../state/router";
import { PlanAgain } from "./plan_again";
import { PlanSearch } from "./plan_search";
import { PlanSheetView } from "./plan_sheet";
import { ReportView } from "./report";

export function WaveView({ id, tab }: { id: string; tab: "plan" | "report" }) {
  const { api, t, formats } = useConsole();
  const wave = useResource(`wave ${id}`, () => api.wave(id), [`wave:${id}`]);
  if (wave.data === null)
    return <div class="view">{wave.error ? <Problem error={wave.error} /> : <Loading />}</div>;
  const data = wave.data;
  const sub = t("wave.sub", {
    orders: formats.integer(data.orders),
    lines: formats.integer(data.lines),
    units: formats.integer(data.units),
    cart: data.cart_type,
    layout: `${data.layout.name} v${data.layout.version}`,
  });
  return (
    <div class="view">
      <PageHead
        title={
          <>
            {t("wave.title", { number: data.number })} <span class="title-name">{data.name}</span>
          </>
        }
        sub={
          <>
            <WaveStateTag state={data.state} /> {sub}
          </>
        }
      >
        {LAUNCHED.has(data.state) && (
          <nav class="tabs" aria-label={t("wave.tabs")}>
            <Tab id={id} tab="plan" current={tab} />
            <Tab id={id} tab="report" current={tab} />
          </nav>
        )}
        {!WAVE_OVER.has(data.state) && data.state !== "undoing" && (
          <CancelWave wave={data} onDone={wave.put} />
        )}
      </PageHead>
      <Problem error={wave.error} />
      {tab === "report" ? (
        <ReportView wave={data} />
      ) : (
        <PlanTab wave={data} reload={wave.reload} put={wave.put} />
      )}
    </div>
  );
}

function Tab({ id, tab, current }: { id: string; tab: "plan" | "report"; current: string }) {
  const { t } = useConsole();
  return (
    <a
      href={formatRoute({ view: "wave", id, tab })}
      aria-current={tab === current ? "page" : undefined}
      data-testid={`tab-${tab}`}
    >
      {t(tab === "plan" ? "wave.tab.plan" : "wave.tab.report")}
    </a>
  );
}

function PlanTab({
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

function CancelWave({ wave, onDone }: { wave: Wave; onDone: (wave: Wave) => void }) {
  const { api, t, announce } = useConsole();
  const [asking, setAsking] = useState(false);
  const { busy, error, run, clear } = useCommand();
  const cancel = (): void => {
    void run(async () => {
      onDone(await api.cancelWave(wave.id));
      announce(t("wave.cancelled", { number: wave.number }));
      setAsking(false);
    });
  };
  return (
    <>
      <button
        type="button"
        class="button"
        onClick={() => {
          clear();
          setAsking(true);
        }}
        data-testid="wave-cancel"
      >
        <Icon name="close" />
        {t("wave.cancel.action")}
      </button>
      {asking && (
        <Confirm
          title={t("wave.cancel.title", { number: wave.number })}
          action={t("wave.cancel.action")}
          danger
          busy={busy}
          error={error}
          onConfirm={cancel}
          onClose={() => {
            setAsking(false);
          }}
        >
          <p>{t(LAUNCHED.has(wave.state) ? "wave.cancel.textLaunched" : "wave.cancel.text")}</p>
        </Confirm>
      )}
    </>
  );
}
