/** All waves, newest first: what is open, what runs, what is over. */

import type { Wave } from "../api/types";
import { Empty, Loading, PageHead, Problem } from "../components/basics";
import { Icon } from "../components/icon";
import { TaskBar } from "../components/progress";
import { LAUNCHED, WaveStateTag } from "../components/wave_words";
import { useConsole } from "../state/console";
import { useResource } from "../state/resource";
import { formatRoute, go } from "../state/router";

export function WavesView() {
  const { api, t } = useConsole();
  const waves = useResource("waves", async () => (await api.waves()).waves, ["board"], {
    gapMs: 1_000,
  });
  return (
    <div class="view">
      <PageHead title={t("waves.title")} sub={t("waves.sub")}>
        <button
          type="button"
          class="button button-primary"
          onClick={() => {
            go({ view: "builder" });
          }}
          data-testid="new-wave"
        >
          <Icon name="plus" />
          {t("orders.newWave")}
        </button>
      </PageHead>
      <Problem error={waves.error} />
      {waves.data === null ? (
        waves.error ? null : (
          <Loading />
        )
      ) : waves.data.length === 0 ? (
        <Empty title={t("waves.empty")}>{t("waves.emptyHint")}</Empty>
      ) : (
        <WaveTable waves={waves.data} />
      )}
    </div>
  );
}

function WaveTable({ waves }: { waves: readonly Wave[] }) {
  const { t, formats } = useConsole();
  const now = new Date();
  return (
    <div class="table-wrap">
      <table class="table" data-testid="waves-table">
        <thead>
          <tr>
            <th>{t("field.wave")}</th>
            <th>{t("field.state")}</th>
            <th class="num">{t("field.orders")}</th>
            <th class="num">{t("field.lines")}</th>
            <th class="num">{t("field.units")}</th>
            <th>{t("field.created")}</th>
            <th class="cell-progress">{t("field.progress")}</th>
            <th>{t("field.report")}</th>
          </tr>
        </thead>
        <tbody>
          {waves
            .toSorted((left, right) => right.number - left.number)
            .map((wave) => (
              <tr
                key={wave.id}
                class="row"
                data-testid={`wave-${wave.number}`}
                onClick={() => {
                  go({ view: "wave", id: wave.id, tab: "plan" });
                }}
              >
                <td>
                  <a
                    class="link strong"
                    href={formatRoute({ view: "wave", id: wave.id, tab: "plan" })}
                  >
                    {wave.number}
                  </a>
                  <span class="sub">{wave.name}</span>
                </td>
                <td>
                  <WaveStateTag state={wave.state} />
                </td>
                <td class="num">{formats.integer(wave.orders)}</td>
                <td class="num">{formats.integer(wave.lines)}</td>
                <td class="num">{formats.integer(wave.units)}</td>
                <td class="nowrap">{formats.moment(wave.created_at, now)}</td>
                <td class="cell-progress">
                  {wave.progress.tasks > 0 ? (
                    <TaskBar
                      progress={wave.progress}
                      label={t("wave.title", { number: wave.number })}
                    />
                  ) : (
                    <span class="quiet">–</span>
                  )}
                </td>
                <td
                  onClick={(event) => {
                    event.stopPropagation();
                  }}
                >
                  {LAUNCHED.has(wave.state) && (
                    <a
                      class="link"
                      href={formatRoute({ view: "wave", id: wave.id, tab: "report" })}
                    >
                      {t("wave.tab.report")}
                    </a>
                  )}
                </td>
              </tr>
            ))}
        </tbody>
      </table>
    </div>
  );
}
