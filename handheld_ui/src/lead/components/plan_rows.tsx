/** The figures of a plan, one row each, for the baseline and for every method. */

import type { ComponentChildren } from "preact";

import type { PlanBaseline } from "../api/types";
import { label } from "../catalogue/text";
import type { SheetColumn } from "../plan/sheet";
import { useConsole } from "../state/console";
import { Tag } from "./basics";
import { Icon } from "./icon";

/** Methods whose goods are sorted after picking, which the picking time does not count. */
const SORTED_AT_WALL: ReadonlySet<string> = new Set(["sort-after", "total"]);

export interface FigureRow {
  key: string;
  name: string;
  baseline: ComponentChildren;
  cell: (column: SheetColumn) => ComponentChildren;
}

export function useRows(baseline: PlanBaseline | null): FigureRow[] {
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
