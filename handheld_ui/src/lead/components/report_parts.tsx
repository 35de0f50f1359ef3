import { label } from "../catalogue/text";
import type { ReportFigure, ReportTable } from "../plan/report";
import { useConsole } from "../state/console";
import { Empty, Panel, Tag } from "./basics";

/** Every figure of the report beside the recount's. */
export function ReportFigures({ figures }: { figures: readonly ReportFigure[] }) {
  const { t } = useConsole();
  const shown = useValue();
  return (
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
        {figures.map((figure) => (
          <tr key={figure.path}>
            <td>{label(t, "report.field", figure.path)}</td>
            <td class="num">{shown(figure.path, figure.report)}</td>
            <td class="num">{shown(figure.path, figure.recount)}</td>
            <td>
              {figure.equal ? (
                <Tag tone="ok" icon="check">
                  {t("report.yes")}
                </Tag>
              ) : (
                <Tag tone="danger" icon="alert">
                  {t("report.no")}
                </Tag>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function ReportTables({ tables }: { tables: readonly ReportTable[] }) {
  const { t } = useConsole();
  const shown = useValue();
  return (
    <>
      {tables.map((table) => {
        const columns = [...new Set(table.rows.flatMap((row) => Object.keys(row)))];
        return (
          <Panel
            key={table.path}
            title={label(t, "report.field", table.path)}
            flush
            side={
              table.equal ? (
                <Tag tone="ok" icon="check">
                  {t("report.yes")}
                </Tag>
              ) : (
                <Tag tone="danger" icon="alert">
                  {t("report.no")}
                </Tag>
              )
            }
          >
            {table.rows.length === 0 ? (
              <Empty title={t("report.none")} />
            ) : (
              <div class="table-wrap">
                <table class="table table-tight">
                  <thead>
                    <tr>
                      {columns.map((column) => (
                        <th key={column} class={numeric(table, column) ? "num" : ""}>
                          {label(t, "report.field", column)}
                        </th>
                      ))}
                    </tr>
                  </thead>
                  <tbody>
                    {table.rows.map((row, index) => (
                      <tr key={index}>
                        {columns.map((column) => (
                          <td key={column} class={numeric(table, column) ? "num" : ""}>
                            {shown(column, row[column])}
                          </td>
                        ))}
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </Panel>
        );
      })}
    </>
  );
}

function numeric(table: ReportTable, column: string): boolean {
  return table.rows.some((row) => typeof row[column] === "number");
}

/** A value with the unit that its name ends with. */
function useValue(): (name: string, value: unknown) => string {
  const { formats } = useConsole();
  return (name, value) => {
    if (value === null || value === undefined) return "–";
    if (typeof value === "string") return value;
    if (typeof value !== "number") return JSON.stringify(value);
    if (name.endsWith("_mm")) return formats.length(value);
    if (name.endsWith("_ms")) return formats.duration(value);
    if (name.endsWith("number")) return String(value);
    return formats.integer(value);
  };
}
