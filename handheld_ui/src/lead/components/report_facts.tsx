/** What was planned and what came of it: for the wave, and list by list (never by person). */

import type { WaveFigures } from "../api/report";
import type { BoardList, Wave } from "../api/types";
import { label } from "../catalogue/text";
import { planAndFact, workedMs } from "../plan/report";
import { useConsole } from "../state/console";
import { Figure, Panel } from "./basics";
import { ListStateTag } from "./wave_words";

export function ReportFacts({
  wave,
  figures,
  lists,
}: {
  wave: Wave;
  figures: WaveFigures;
  lists: readonly BoardList[];
}) {
  const { t, formats } = useConsole();
  const facts = planAndFact(lists);
  return (
    <Panel title={t("report.figures")} testid="report-figures">
      <dl class="figures figures-five">
        <Figure
          label={t("report.units")}
          value={formats.integer(figures.tasks.picked)}
          note={t("report.unitsNote", {
            all: formats.integer(wave.units),
            short: formats.integer(figures.tasks.short),
            cancelled: formats.integer(figures.units.cancelled ?? 0),
          })}
          testid="report-picked"
        />
        <Figure
          label={t("report.lists")}
          value={t("report.of", { k: facts.closed, all: facts.lists })}
          note={t("n.orders", { n: wave.orders })}
        />
        <Figure
          label={t("report.walk")}
          value={formats.length(facts.length_mm)}
          note={t("report.walkNote")}
        />
        <Figure
          label={t("report.plannedTime")}
          value={formats.minutes(facts.planned_ms)}
          note={t("report.plannedNote")}
        />
        <Figure
          label={t("report.workedTime")}
          value={facts.worked_ms === 0 ? "–" : formats.minutes(facts.worked_ms)}
          note={<Difference planned={facts.planned_begun_ms} worked={facts.worked_ms} />}
        />
      </dl>
    </Panel>
  );
}

export function ReportLists({ lists }: { lists: readonly BoardList[] }) {
  const { t, formats } = useConsole();
  return (
    <Panel title={t("report.byList")} flush>
      <div class="table-wrap">
        <table class="table table-tight" data-testid="report-lists">
          <thead>
            <tr>
              <th>{t("field.list")}</th>
              <th>{t("field.method")}</th>
              <th>{t("field.state")}</th>
              <th class="num">{t("field.stops")}</th>
              <th class="num">{t("field.shorts")}</th>
              <th class="num">{t("field.walk")}</th>
              <th class="num">{t("report.plannedTime")}</th>
              <th class="num">{t("report.workedTime")}</th>
              <th class="num">{t("report.difference")}</th>
            </tr>
          </thead>
          <tbody>
            {lists.map((list) => {
              const worked = workedMs(list);
              return (
                <tr key={list.id}>
                  <td class="strong">{list.number}</td>
                  <td>
                    {label(t, "method", list.method)}
                    {list.zone ? ` · ${list.zone}` : ""}
                  </td>
                  <td>
                    <ListStateTag state={list.state} />
                  </td>
                  <td class="num">
                    {t("report.of", { k: list.stops_done, all: list.stops_total })}
                  </td>
                  <td class="num">{list.shorts}</td>
                  <td class="num">{formats.length(list.length_mm)}</td>
                  <td class="num">{formats.duration(list.duration_ms)}</td>
                  <td class="num">{worked === null ? "–" : formats.duration(worked)}</td>
                  <td class="num">
                    {worked === null || list.state !== "closed" ? (
                      "–"
                    ) : (
                      <Difference planned={list.duration_ms} worked={worked} />
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

/** How much longer or shorter the work took than planned. */
function Difference({ planned, worked }: { planned: number; worked: number }) {
  const { t, formats } = useConsole();
  if (planned <= 0 || worked <= 0) return <>–</>;
  const percent = ((worked - planned) / planned) * 100;
  return (
    <>
      {t(percent > 0 ? "report.longer" : "report.shorter", {
        percent: formats.percent(Math.abs(percent)),
      })}
    </>
  );
}
