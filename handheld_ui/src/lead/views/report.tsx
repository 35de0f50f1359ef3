/** After the wave: plan against fact, shorts by place, and whether the ledger tells the same. */

import type { ListDetail, Wave } from "../api/types";
import { Loading, Notice, Problem } from "../components/basics";
import { ReportFacts, ReportLists } from "../components/report_facts";
import { Recount } from "../components/report_recount";
import { ReportShorts } from "../components/report_shorts";
import { WAVE_OVER } from "../components/wave_words";
import { shortRows } from "../plan/report";
import { useConsole } from "../state/console";
import { useResource } from "../state/resource";

/** A recount reads the whole ledger of the wave: not at every scan. */
const PACE = { gapMs: 4_000 };

export function ReportView({ wave }: { wave: Wave }) {
  const { api, t } = useConsole();
  const topics = [`wave:${wave.id}`];
  const report = useResource(`report ${wave.id}`, () => api.report(wave.id), topics, PACE);
  const lists = useResource(
    `wave lists ${wave.id}`,
    async () => (await api.waveLists(wave.id)).lists,
    topics,
    PACE,
  );
  const shortIds = (lists.data ?? []).filter((list) => list.shorts > 0).map((list) => list.id);
  const short = useResource<readonly ListDetail[]>(
    lists.data === null ? null : `shorts ${shortIds.join(" ")}`,
    () => Promise.all(shortIds.map((id) => api.list(id))),
    topics,
    PACE,
  );
  const error = report.error ?? lists.error ?? short.error;
  if (report.data === null || lists.data === null) {
    return error ? <Problem error={error} /> : <Loading />;
  }
  return (
    <>
      <Problem error={error} />
      {!WAVE_OVER.has(wave.state) && <Notice tone="info">{t("report.open")}</Notice>}
      <Notice tone={report.data.equal ? "ok" : "danger"} testid="recount">
        {t(report.data.equal ? "report.equal" : "report.unequal")}
      </Notice>
      <ReportFacts wave={wave} figures={report.data.report} lists={lists.data} />
      {short.data !== null && <ReportShorts rows={shortRows(short.data)} />}
      <ReportLists lists={lists.data} />
      <Recount report={report.data} />
    </>
  );
}
