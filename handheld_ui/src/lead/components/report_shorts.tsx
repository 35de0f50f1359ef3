/** What was asked and not there, by location and item. */

import type { ShortRow } from "../plan/report";
import { useConsole } from "../state/console";
import { Empty, Panel } from "./basics";

export function ReportShorts({ rows }: { rows: readonly ShortRow[] }) {
  const { t, formats } = useConsole();
  return (
    <Panel title={t("report.shorts")} flush testid="report-shorts">
      {rows.length === 0 ? (
        <Empty title={t("report.noShorts")} />
      ) : (
        <div class="table-wrap">
          <table class="table table-tight">
            <thead>
              <tr>
                <th>{t("field.location")}</th>
                <th>{t("field.item")}</th>
                <th class="num">{t("field.asked")}</th>
                <th class="num">{t("report.short")}</th>
                <th>{t("field.lists")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={`${row.location} ${row.sku}`}>
                  <td class="code">{row.location}</td>
                  <td>
                    <span class="code">{row.sku}</span> <span class="quiet">{row.name}</span>
                  </td>
                  <td class="num">{formats.integer(row.asked)}</td>
                  <td class="num strong">{formats.integer(row.short)}</td>
                  <td>{row.lists.join(", ")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
