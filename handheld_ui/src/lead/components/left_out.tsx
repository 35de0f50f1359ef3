/** Orders the chosen plan leaves out, each with its reason in figures. */

import { useState } from "preact/hooks";

import { label } from "../catalogue/text";
import type { SheetColumn } from "../plan/sheet";
import { useConsole } from "../state/console";

const FEW = 5;
const ROWS = 50;

export function LeftOut({ column }: { column: SheetColumn }) {
  const { t, formats } = useConsole();
  const [all, setAll] = useState(false);
  const entries = column.unplanned;
  if (entries.length === 0) return null;
  const rows = all ? entries : entries.slice(0, ROWS);
  return (
    <details class="panel details" open={entries.length <= FEW} data-testid="left-out">
      <summary>{t("leftOut.title", { n: column.left_out_orders })}</summary>
      <div class="table-wrap">
        <table class="table table-tight">
          <thead>
            <tr>
              <th>{t("field.order")}</th>
              <th>{t("field.reason")}</th>
              <th>{t("field.item")}</th>
              <th class="num">{t("field.asked")}</th>
              <th class="num">{t("field.free")}</th>
              <th class="num">{t("field.missing")}</th>
              <th>{t("field.detail")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((entry, index) => (
              <tr key={index}>
                <td class="strong">{entry.order_number}</td>
                <td>{label(t, "unplanned", entry.reason)}</td>
                <td class="code">{entry.sku ?? "–"}</td>
                <td class="num">{entry.sku === null ? "–" : formats.integer(entry.asked)}</td>
                <td class="num">{entry.sku === null ? "–" : formats.integer(entry.free)}</td>
                <td class="num">
                  {entry.sku === null
                    ? "–"
                    : formats.integer(Math.max(0, entry.asked - entry.free))}
                </td>
                <td class="quiet">{entry.detail}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {rows.length < entries.length && (
        <div class="more">
          <button
            type="button"
            class="button"
            onClick={() => {
              setAll(true);
            }}
          >
            {t("leftOut.all", { n: entries.length })}
          </button>
        </div>
      )}
    </details>
  );
}
