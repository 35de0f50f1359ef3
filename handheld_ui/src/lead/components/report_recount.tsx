/** The report beside the recount: every figure, and every difference by name. */

import type { WaveReport } from "../api/report";
import { label } from "../catalogue/text";
import { comparedFigures, comparedTables, type Compared } from "../plan/report";
import { useConsole } from "../state/console";
import { Panel, Tag } from "./basics";

export function Recount({ report }: { report: WaveReport }) {
  const { t, formats } = useConsole();
  const tables = comparedTables(report.report, report.recount);
  const differences = tables.flatMap((table) =>
    table.differences.map((row) => ({
      ...row,
      name: `${label(t, "recount", table.name)}: ${row.name}`,
    })),
  );
  const rows: Compared[] = comparedFigures(report.report, report.recount).map((row) => ({
    ...row,
    name: label(t, "recount", row.name),
  }));
  return (
    <Panel title={t("recount.title")} flush testid="recount-table">
      <table class="table table-tight">
        <thead>
          <tr>
            <th>{t("report.figure")}</th>
            <th class="num">{t("report.report")}</th>
            <th class="num">{t("report.recount")}</th>
            <th>{t("report.same")}</th>
          </tr>
        </thead>
        <tbody>
          {[...rows, ...differences].map((row) => (
            <tr key={row.name}>
              <td>{row.name}</td>
              <td class="num">{formats.integer(row.report)}</td>
              <td class="num">{formats.integer(row.recount)}</td>
              <td>
                <Same equal={row.report === row.recount} />
              </td>
            </tr>
          ))}
          {tables.map((table) => (
            <tr key={table.name}>
              <td>{label(t, "recount", table.name)}</td>
              <td class="num" colSpan={2}>
                {t("recount.agree", {
                  k: formats.integer(table.entries - table.differences.length),
                  n: table.entries,
                })}
              </td>
              <td>
                <Same equal={table.differences.length === 0} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

function Same({ equal }: { equal: boolean }) {
  const { t } = useConsole();
  return equal ? (
    <Tag tone="ok" icon="check">
      {t("report.yes")}
    </Tag>
  ) : (
    <Tag tone="danger" icon="alert">
      {t("report.no")}
    </Tag>
  );
}
