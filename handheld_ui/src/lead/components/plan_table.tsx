/** Methods as columns, figures as rows, so that the eye compares along a line. */

import type { PlanBaseline } from "../api/types";
import { label } from "../catalogue/text";
import type { SheetColumn } from "../plan/sheet";
import { useConsole } from "../state/console";
import { Tag } from "./basics";
import { useRows } from "./plan_rows";

interface PlanTableProps {
  baseline: PlanBaseline | null;
  columns: readonly SheetColumn[];
  chosen: string | null;
  launched: string | null;
  /** Null once launched: the choice is made. */
  onChoose: ((planId: string) => void) | null;
}

export function PlanTable(props: PlanTableProps) {
  const { t } = useConsole();
  const { columns, chosen } = props;
  const rows = useRows(props.baseline);
  return (
    <div class="plan-scroll">
      <table class="plan-table" data-testid="plan-table">
        <thead>
          <tr>
            <th scope="col">
              <span class="visually-hidden">{t("sheet.figure")}</span>
            </th>
            <th scope="col" class="plan-baseline">
              <span class="plan-name">{t("sheet.baseline")}</span>
              <span class="sub">{t("sheet.baselineHow")}</span>
            </th>
            {columns.map((column) => (
              <MethodHead key={column.plan_id} column={column} {...props} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              <th scope="row">{row.name}</th>
              <td class="plan-baseline" data-testid={`plan-baseline-${row.key}`}>
                {row.baseline}
              </td>
              {columns.map((column) => (
                <td
                  key={column.plan_id}
                  class={column.plan_id === chosen ? "plan-chosen" : ""}
                  data-testid={`plan-${column.method}-${row.key}`}
                >
                  {row.cell(column)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function MethodHead({
  column,
  chosen,
  launched,
  onChoose,
}: PlanTableProps & { column: SheetColumn }) {
  const { t } = useConsole();
  const mine = column.plan_id === chosen;
  return (
    <th scope="col" class={mine ? "plan-chosen" : ""}>
      <label
        class={column.launchable ? "plan-choice" : "plan-choice plan-void"}
        data-testid={`method-${column.method}`}
      >
        <input
          type="radio"
          name="plan"
          checked={mine}
          disabled={onChoose === null || !column.launchable}
          onChange={() => {
            onChoose?.(column.plan_id);
          }}
        />
        <span class="plan-name">{label(t, "method", column.method)}</span>
      </label>
      <span class="sub">{label(t, "method.how", column.method)}</span>
      <span class="plan-tags">
        {column.recommended && (
          <span data-testid="recommended">
            <Tag tone="ok" icon="star">
              {t("sheet.recommended")}
            </Tag>
          </span>
        )}
        {launched === column.plan_id && (
          <Tag tone="info" icon="launch">
            {t("sheet.launched")}
          </Tag>
        )}
        {!column.launchable && (
          <Tag tone="warn" icon="alert">
            {t("sheet.impossible")}
          </Tag>
        )}
      </span>
    </th>
  );
}
