/** One wave: its plan while it is searched, compared and launched, and its report afterwards. */

import { Loading, PageHead, Problem } from "../components/basics";
import { LAUNCHED, WAVE_OVER, WaveStateTag } from "../components/wave_words";
import { useConsole } from "../state/console";
import { useResource } from "../state/resource";
import { formatRoute } from "../state/router";
import { CancelWave } from "./cancel_wave";
import { PlanTab } from "./plan_tab";
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
