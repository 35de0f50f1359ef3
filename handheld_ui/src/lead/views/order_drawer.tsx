/** One order: lines with their buckets, the ledger, and what the lead may do with it. */

import { useState } from "preact/hooks";

import type { OrderDetail } from "../api/types";
import { Figure, Loading, Problem } from "../components/basics";
import { Modal } from "../components/dialog";
import { Icon } from "../components/icon";
import { OrderLines, OrderMoves } from "../components/order_ledger";
import { ShipBy } from "../components/order_table";
import { OrderState, Priority, Reasons } from "../components/order_words";
import { useCommand, useConsole } from "../state/console";
import { useResource } from "../state/resource";
import { OrderCommandDialog, type OrderCommand } from "./order_commands";

/** From these states on nothing is left to hold. */
const HOLDABLE = new Set(["received", "backordered", "ready"]);
const CANCELLED = new Set(["cancelling", "cancelled"]);

export function OrderDrawer({ id, onClose }: { id: string; onClose: () => void }) {
  const { api, t } = useConsole();
  const order = useResource(`order ${id}`, () => api.order(id), ["orders"]);
  const { data } = order;
  return (
    <Modal
      side
      title={data ? t("order.title", { number: data.number }) : t("common.loading")}
      onClose={onClose}
      testid="order-drawer"
    >
      <div class="dialog-body">
        <Problem error={order.error} />
        {data ? <Detail order={data} reload={order.reload} /> : order.error ? null : <Loading />}
      </div>
    </Modal>
  );
}

function Detail({ order, reload }: { order: OrderDetail; reload: () => void }) {
  const { api, t, formats, announce } = useConsole();
  const [asking, setAsking] = useState<OrderCommand | null>(null);
  const release = useCommand();
  const releaseHold = (): void => {
    void release.run(async () => {
      await api.releaseHold(order.id);
      announce(t("order.released", { number: order.number }));
      reload();
    });
  };
  const facts: [string, string | number][] = [
    [t("field.channel"), `${order.channel} · ${order.external_id}`],
    [t("field.carrier"), [order.carrier, order.service].filter(Boolean).join(" · ") || "–"],
    [t("field.received"), formats.moment(order.received_at, new Date())],
    [t("field.wave"), order.wave ?? "–"],
  ];
  return (
    <>
      <div class="row-line">
        <OrderState state={order.state} />
        <Priority priority={order.priority} />
        <span class="spacer" />
        <span class="quiet">{t("field.shipBy")}</span> <ShipBy order={order} />
      </div>
      <Reasons order={order} />
      <dl class="figures figures-four">
        {facts.map(([name, value]) => (
          <Figure key={name} label={name} value={value} />
        ))}
      </dl>
      <div class="button-row">
        {order.state === "held" && (
          <button
            type="button"
            class="button button-primary"
            disabled={release.busy}
            onClick={releaseHold}
            data-testid="order-release-hold"
          >
            <Icon name="check" />
            {t("order.releaseHold")}
          </button>
        )}
        {HOLDABLE.has(order.state) && (
          <button
            type="button"
            class="button"
            onClick={() => {
              setAsking("hold");
            }}
            data-testid="order-hold"
          >
            <Icon name="hold" />
            {t("order.hold.action")}
          </button>
        )}
        {!CANCELLED.has(order.state) && (
          <button
            type="button"
            class="button"
            onClick={() => {
              setAsking("cancel");
            }}
            data-testid="order-cancel"
          >
            <Icon name="close" />
            {t("order.cancel.action")}
          </button>
        )}
      </div>
      <Problem error={release.error} />
      <OrderLines lines={order.lines_detail} />
      <OrderMoves moves={order.moves} />
      {asking && (
        <OrderCommandDialog
          order={order}
          command={asking}
          onClose={() => {
            setAsking(null);
          }}
          onDone={reload}
        />
      )}
    </>
  );
}
