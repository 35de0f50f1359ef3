/** Methods as columns, figures as rows, so that the eye compares along a line. */

import type { ComponentChildren } from "preact";

import type { PlanBaseline } from "../api/types";
import { label } from "../catalogue/text";
import type { SheetColumn } from "../plan/sheet";
import { useConsole } from "../state/console";
import { Tag } from "./basics";
import { Icon } from "./icon";

/** Methods whose goods are sorted after picking, which the picking time does not count. */
const SORTED_AT_WALL: ReadonlySet<string> = new Set(["sort-after", "total"]);

interface PlanTableProps {
  baseline: PlanBaseline | null;
  columns: readonly SheetColumn[];
  chosen: string | null;
  launched: string | null;
  /** Null once launched: the choice is made. */
  onChoose: ((planId: string) => void) | null;
}

interface FigureRow {
  key: string;
  name: string;
  baseline: ComponentChildren;
  cell: (column: SheetColumn) => ComponentChildren;
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

function useRows(baseline: PlanBaseline | null): FigureRow[] {
  const { t, formats } = useConsole();
  const none = <span class="quiet">–</span>;
  const best = (is: boolean, word: string): ComponentChildren =>
    is && (
      <span class="best">
        <Icon name="check" size={12} />
        {word}
      </span>
    );
  return [
    {
      key: "length",
      name: t("sheet.walk"),
      baseline: baseline ? <Walk text={formats.length(baseline.length_mm)} share={1} /> : none,
      cell: (column) =>
        column.launchable ? (
          <>
            <Walk text={formats.length(column.length_mm)} share={column.share} />
            {best(column.shortest, t("sheet.shortest"))}
          </>
        ) : (
          none
        ),
    },
    {
      key: "saving",
      name: t("field.saving"),
      baseline: none,
      cell: (column) => (column.launchable ? <Saving percent={column.saving_percent} /> : none),
    },
    {
      key: "duration",
      name: t("sheet.time"),
      baseline: baseline ? formats.minutes(baseline.duration_ms) : none,
      cell: (column) =>
        column.launchable ? (
          <>
            {formats.minutes(column.duration_ms)}
            {SORTED_AT_WALL.has(column.method) && <span class="sub">{t("sheet.plusSorting")}</span>}
            {best(column.fastest, t("sheet.fastest"))}
          </>
        ) : (
          none
        ),
    },
    {
      key: "lists",
      name: t("field.lists"),
      baseline: baseline ? formats.integer(baseline.lists) : none,
      cell: (column) => formats.integer(column.lists),
    },
    {
      key: "stops",
      name: t("field.stops"),
      baseline: none,
      cell: (column) => formats.integer(column.stops),
    },
    {
      key: "units",
      name: t("sheet.units"),
      baseline: none,
      cell: (column) => (
        <>
          {formats.integer(column.units)}
          <span class="sub">{t("sheet.picks", { n: formats.integer(column.picks) })}</span>
        </>
      ),
    },
    {
      key: "gap",
      name: t("sheet.bound"),
      baseline: none,
      cell: (column) =>
        column.bound_mm === null || column.gap_percent === null ? (
          <span class="quiet">{t("sheet.noBound")}</span>
        ) : (
          <>
            {formats.length(column.bound_mm)}
            <span class="sub">{t("sheet.gap", { gap: formats.percent(column.gap_percent) })}</span>
          </>
        ),
    },
    {
      key: "stopped",
      name: t("sheet.stopped"),
      baseline: none,
      cell: (column) => (
        <>
          {label(t, "termination", column.termination.reason)}
          {column.termination.limit && <span class="sub">{column.termination.limit}</span>}
        </>
      ),
    },
    {
      key: "left-out",
      name: t("sheet.leftOut"),
      baseline: none,
      cell: (column) =>
        column.left_out_orders === 0 ? (
          t("sheet.noneLeftOut")
        ) : (
          <Tag tone="warn" icon="alert">
            {t("n.orders", { n: column.left_out_orders })}
          </Tag>
        ),
    },
  ];
}

function Walk({ text, share }: { text: string; share: number }) {
  return (
    <span class="walk">
      <strong>{text}</strong>
      <span class="bar bar-walk" aria-hidden="true">
        <i style={{ width: `${Math.min(share, 1) * 100}%` }} />
      </span>
    </span>
  );
}

/** Saving against the baseline; a longer walk is said in words, not by a sign. */
export function Saving({ percent }: { percent: number }) {
  const { t, formats } = useConsole();
  if (percent < 0)
    return <span class="longer">{t("sheet.longer", { percent: formats.percent(-percent) })}</span>;
  return <strong class="saving">{formats.percent(percent)}</strong>;
}
