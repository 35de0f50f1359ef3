/** The first orders a wave would take, the most urgent on top. */

import type { Order } from "../api/types";
import { useConsole } from "../state/console";
import { Panel } from "./basics";
import { ShipBy } from "./order_table";
import { Priority } from "./order_words";

const ROWS = 10;

export function BuilderOrders({ ids, ready }: { ids: readonly string[]; ready: readonly Order[] }) {
  const { t, formats } = useConsole();
  const taken = new Set(ids);
  const orders = ready.filter((order) => taken.has(order.id)).toSorted(byUrgency);
  if (orders.length === 0) return null;
  const shown = orders.slice(0, ROWS);
  return (
    <Panel
      title={t("builder.orders")}
      side={
        <span class="quiet">{t("builder.firstOf", { shown: shown.length, n: ids.length })}</span>
      }
      flush
    >
      <table class="table table-tight" data-testid="builder-orders">
        <thead>
          <tr>
            <th>{t("field.order")}</th>
            <th>{t("field.channel")}</th>
            <th>{t("field.priority")}</th>
            <th>{t("field.shipBy")}</th>
            <th>{t("field.carrier")}</th>
            <th class="num">{t("field.lines")}</th>
            <th class="num">{t("field.units")}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((order) => (
            <tr key={order.id}>
              <td class="strong">{order.number}</td>
              <td>{order.channel}</td>
              <td>
                <Priority priority={order.priority} />
              </td>
              <td>
                <ShipBy order={order} />
              </td>
              <td>{order.carrier ?? "–"}</td>
              <td class="num">{formats.integer(order.lines)}</td>
              <td class="num">{formats.integer(order.units)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  );
}

/** Priority first, then the earliest time to ship; orders without one last. */
function byUrgency(left: Order, right: Order): number {
  const due = (order: Order): number =>
    order.ship_by === null ? Infinity : Date.parse(order.ship_by);
  return left.priority - right.priority || due(left) - due(right) || left.number - right.number;
}
