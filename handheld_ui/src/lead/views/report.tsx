/** After the wave: plan against fact, shorts by place, and whether the ledger tells the same. */

import type { Wave } from "../api/types";
import { Loading, Notice, Panel, Problem } from "../components/basics";
import { ReportFigures, ReportTables } from "../components/report_parts";
import { WAVE_OVER } from "../components/wave_words";
import { sides } from "../plan/report";
import { useConsole } from "../state/console";
import { useResource } from "../state/resource";

export function ReportView({ wave }: { wave: Wave }) {
  const { api, t } = useConsole();
  const report = useResource(`report ${wave.id}`, () => api.report(wave.id), [
    `wave:${wave.id}`,
    "board",
  ]);
  if (report.data === null) return report.error ? <Problem error={report.error} /> : <Loading />;
  const { equal } = report.data;
  const both = sides(report.data.report, report.data.recount);
  return (
    <>
      <Problem error={report.error} />
      {!WAVE_OVER.has(wave.state) && <Notice tone="info">{t("report.open")}</Notice>}
      <Notice tone={equal ? "ok" : "danger"} testid="recount">
        {t(equal ? "report.equal" : "report.unequal")}
      </Notice>
      <Panel title={t("report.figures")} flush testid="report-figures">
        <ReportFigures figures={both.figures} />
      </Panel>
      <ReportTables tables={both.tables} />
    </>
  );
}
