/** Orders as rows; ready ones can be chosen for a wave. */

import type { Order } from "../api/types";
import { useConsole, useNow } from "../state/console";
import { toggled, type Selection } from "../state/selection";
import { OrderState, Priority, Reasons } from "./order_words";

export function OrderTable({
  orders,
  selection,
  onSelect,
  onOpen,
}: {
  orders: readonly Order[];
  selection: Selection;
  onSelect: (selection: Selection) => void;
  onOpen: (order: Order) => void;
}) {
  const { t } = useConsole();
  const ready = orders.filter((order) => order.state === "ready");
  const chosen = ready.filter((order) => selection.ids.has(order.id)).length;
  const toggleShown = (on: boolean): void => {
    const ids = new Set(selection.ids);
    for (const order of ready) {
      if (on) ids.add(order.id);
      else ids.delete(order.id);
    }
    onSelect({ ids });
  };
  return (
    <div class="table-wrap">
      <table class="table" data-testid="orders-table">
        <thead>
          <tr>
            <th class="cell-check">
              <input
                type="checkbox"
                aria-label={t("orders.selectShown")}
                disabled={ready.length === 0}
                checked={ready.length > 0 && chosen === ready.length}
                ref={(box) => {
                  if (box) box.indeterminate = chosen > 0 && chosen < ready.length;
                }}
                onChange={(event) => {
                  toggleShown(event.currentTarget.checked);
                }}
                data-testid="select-shown"
              />
            </th>
            <th>{t("field.order")}</th>
            <th>{t("field.channel")}</th>
            <th>{t("field.state")}</th>
            <th>{t("field.priority")}</th>
            <th>{t("field.shipBy")}</th>
            <th>{t("field.carrier")}</th>
            <th class="num">{t("field.lines")}</th>
            <th class="num">{t("field.units")}</th>
            <th>{t("field.wave")}</th>
            <th>{t("field.why")}</th>
          </tr>
        </thead>
        <tbody>
          {orders.map((order) => (
            <Row
              key={order.id}
              order={order}
              chosen={selection.ids.has(order.id)}
              onChoose={(on) => {
                onSelect(toggled(selection, order.id, on));
              }}
              onOpen={() => {
                onOpen(order);
              }}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({
  order,
  chosen,
  onChoose,
  onOpen,
}: {
  order: Order;
  chosen: boolean;
  onChoose: (on: boolean) => void;
  onOpen: () => void;
}) {
  const { t, formats } = useConsole();
  return (
    <tr
      class={chosen ? "row row-chosen" : "row"}
      data-testid={`order-${order.number}`}
      onClick={onOpen}
    >
      <td
        class="cell-check"
        onClick={(event) => {
          event.stopPropagation();
        }}
      >
        {order.state === "ready" && (
          <input
            type="checkbox"
            checked={chosen}
            aria-label={t("orders.select", { number: order.number })}
            onChange={(event) => {
              onChoose(event.currentTarget.checked);
            }}
            data-testid={`select-${order.number}`}
          />
        )}
      </td>
      <td>
        <button
          type="button"
          class="link strong"
          onClick={(event) => {
            event.stopPropagation();
            onOpen();
          }}
        >
          {order.number}
        </button>
        <span class="sub">{order.external_id}</span>
      </td>
      <td>{order.channel}</td>
      <td>
        <OrderState state={order.state} />
      </td>
      <td>
        <Priority priority={order.priority} />
      </td>
      <td>
        <ShipBy order={order} />
      </td>
      <td>
        {order.carrier ?? "–"}
        {order.service && <span class="sub">{order.service}</span>}
      </td>
      <td class="num">{formats.integer(order.lines)}</td>
      <td class="num">{formats.integer(order.units)}</td>
      <td>{order.wave ?? ""}</td>
      <td class="cell-why">
        <Reasons order={order} limit={2} />
      </td>
    </tr>
  );
}

const OVER = new Set([
  "picked",
  "picked-short",
  "consolidating",
  "ready-to-pack",
  "cancelling",
  "cancelled",
]);

/** When the order must leave; past dates are marked by a word while the order is not picked. */
export function ShipBy({ order }: { order: Order }) {
  const { t, formats } = useConsole();
  const now = useNow(30_000);
  if (order.ship_by === null) return <span class="quiet">–</span>;
  const late = Date.parse(order.ship_by) < now && !OVER.has(order.state);
  return (
    <span class={late ? "late nowrap" : "nowrap"}>
      {formats.moment(order.ship_by, new Date(now))}
      {late && <span class="sub">{t("orders.late")}</span>}
    </span>
  );
}
