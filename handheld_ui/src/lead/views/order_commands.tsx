/** Hold and cancel of an order, asked for with a reason. */

import { useState } from "preact/hooks";

import type { OrderDetail } from "../api/types";
import { label } from "../catalogue/text";
import { Confirm } from "../components/dialog";
import { useCommand, useConsole } from "../state/console";

export type OrderCommand = "hold" | "cancel";

const HOLD_REASONS = ["payment", "address", "fraud", "customer", "lead"];
const CANCEL_REASONS = ["customer", "payment", "no-stock", "duplicate", "other"];
/** Before these states nothing has left the shelf. */
const BEFORE_LAUNCH = new Set(["received", "held", "backordered", "ready", "planned"]);

export function OrderCommandDialog({
  order,
  command,
  onClose,
  onDone,
}: {
  order: OrderDetail;
  command: OrderCommand;
  onClose: () => void;
  onDone: () => void;
}) {
  const { api, t, announce } = useConsole();
  const holding = command === "hold";
  const launched = !BEFORE_LAUNCH.has(order.state);
  const reasons = holding ? HOLD_REASONS : CANCEL_REASONS;
  const [reason, setReason] = useState(holding ? "lead" : "customer");
  const [detail, setDetail] = useState("");
  const { busy, error, run } = useCommand();
  const confirm = (): void => {
    void run(async () => {
      if (holding) await api.hold(order.id, reason, detail.trim());
      else await api.cancelOrder(order.id, reason);
      const done = holding ? "order.held" : launched ? "order.cancelling" : "order.cancelledNow";
      announce(t(done, { number: order.number }));
      onDone();
      onClose();
    });
  };
  return (
    <Confirm
      title={t(holding ? "order.hold.title" : "order.cancel.title", { number: order.number })}
      action={t(holding ? "order.hold.action" : "order.cancel.action")}
      danger={!holding}
      busy={busy}
      error={error}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p>
        {t(
          holding
            ? "order.hold.text"
            : BEFORE_LAUNCH.has(order.state)
              ? "order.cancel.text"
              : "order.cancel.textLaunched",
        )}
      </p>
      <label class="field">
        <span>{t("field.reason")}</span>
        <select
          value={reason}
          onChange={(event) => {
            setReason(event.currentTarget.value);
          }}
          data-testid="reason"
        >
          {reasons.map((word) => (
            <option key={word} value={word}>
              {label(t, holding ? "hold" : "cancelReason", word)}
            </option>
          ))}
        </select>
      </label>
      {holding && (
        <label class="field">
          <span>{t("field.note")}</span>
          <input
            value={detail}
            maxLength={200}
            onInput={(event) => {
              setDetail(event.currentTarget.value);
            }}
            data-testid="hold-detail"
          />
        </label>
      )}
    </Confirm>
  );
}
