/** Order lines with the bucket of every unit, and the moves that explain them. */

import { BUCKETS, type LedgerMove, type OrderLine } from "../api/types";
import { label } from "../catalogue/text";
import { useConsole } from "../state/console";

export function OrderLines({ lines }: { lines: readonly OrderLine[] }) {
  const { t, formats } = useConsole();
  return (
    <section>
      <h3 class="section">{t("order.lines")}</h3>
      <table class="table table-tight" data-testid="order-lines">
        <thead>
          <tr>
            <th class="num">#</th>
            <th>{t("field.item")}</th>
            <th class="num">{t("field.ordered")}</th>
            <th>{t("order.whereUnits")}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.id}>
              <td class="num">{line.position}</td>
              <td>
                <span class="code">{line.sku}</span>
                <span class="sub">{line.name}</span>
              </td>
              <td class="num">{formats.integer(line.ordered)}</td>
              <td>
                <Buckets line={line} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** A bar of parts and the same as words: every unit is in exactly one bucket. */
function Buckets({ line }: { line: OrderLine }) {
  const { t, formats } = useConsole();
  const parts = BUCKETS.flatMap((bucket) => {
    const units = line.buckets[bucket] ?? 0;
    return units > 0 ? [{ bucket, units }] : [];
  });
  return (
    <div class="buckets">
      <div class="bar bar-thin" aria-hidden="true">
        {parts.map(({ bucket, units }) => (
          <i
            key={bucket}
            class={`bucket-${bucket}`}
            style={{ width: `${(units / Math.max(line.ordered, 1)) * 100}%` }}
          />
        ))}
      </div>
      <span>
        {parts
          .map(({ bucket, units }) => `${formats.integer(units)} ${label(t, "bucket", bucket)}`)
          .join(" · ")}
      </span>
    </div>
  );
}

export function OrderMoves({ moves }: { moves: readonly LedgerMove[] }) {
  const { t, formats } = useConsole();
  if (moves.length === 0) return null;
  const now = new Date();
  return (
    <section>
      <h3 class="section">{t("order.moves")}</h3>
      <table class="table table-tight" data-testid="order-moves">
        <thead>
          <tr>
            <th>{t("field.time")}</th>
            <th>{t("field.item")}</th>
            <th class="num">{t("field.units")}</th>
            <th>{t("order.fromTo")}</th>
            <th>{t("field.cause")}</th>
          </tr>
        </thead>
        <tbody>
          {moves.map((move, index) => (
            <tr key={index}>
              <td class="nowrap">{formats.moment(move.at, now)}</td>
              <td class="code">{move.sku}</td>
              <td class="num">{formats.integer(move.quantity)}</td>
              <td>
                {move.from === null ? "" : `${label(t, "bucket", move.from)} `}→{" "}
                {label(t, "bucket", move.to)}
              </td>
              <td>{label(t, "cause", move.cause)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
