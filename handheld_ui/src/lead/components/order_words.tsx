/** States, priorities and shortages of orders as words with a shape and a tone. */

import type { Missing, Order } from "../api/types";
import { label } from "../catalogue/text";
import { useConsole } from "../state/console";
import { Tag, type Tone } from "./basics";
import type { IconName } from "./icon";

const LOOKS: Record<string, [Tone, IconName]> = {
  received: ["plain", "ring"],
  held: ["warn", "hold"],
  backordered: ["warn", "alert"],
  ready: ["info", "ring"],
  planned: ["info", "dot"],
  released: ["info", "launch"],
  picking: ["info", "launch"],
  picked: ["ok", "check"],
  "picked-short": ["warn", "alert"],
  consolidating: ["info", "dot"],
  "ready-to-pack": ["ok", "check"],
  exception: ["danger", "alert"],
  cancelling: ["plain", "close"],
  cancelled: ["plain", "close"],
};

export function OrderState({ state }: { state: string }) {
  const { t } = useConsole();
  const [tone, icon] = LOOKS[state] ?? ["plain", "dot"];
  return (
    <Tag tone={tone} icon={icon}>
      {label(t, "order.state", state)}
    </Tag>
  );
}

/** Urgent and high stand out by shape and word; normal and low stay quiet. */
export function Priority({ priority }: { priority: number }) {
  const { t } = useConsole();
  const word = label(t, "priority", String(priority));
  if (priority === 0)
    return (
      <Tag tone="danger" icon="up">
        {word}
      </Tag>
    );
  if (priority === 1)
    return (
      <Tag tone="plain" icon="up">
        {word}
      </Tag>
    );
  return <span class="quiet">{word}</span>;
}

/** Why an order cannot go into a wave: holds, then what stock lacks. */
export function Reasons({
  order,
  limit = Number.POSITIVE_INFINITY,
}: {
  order: Order;
  limit?: number;
}) {
  const { t } = useConsole();
  const reasons = [
    ...order.holds.map((hold) => {
      const word = label(t, "hold", hold.reason);
      return hold.detail
        ? t("order.hold.detail", { reason: word, detail: hold.detail })
        : t("order.hold", { reason: word });
    }),
    ...order.missing.map((entry) => missingSentence(t, entry)),
  ];
  if (reasons.length === 0) return null;
  const more = reasons.length - limit;
  return (
    <ul class="reasons">
      {reasons.slice(0, limit).map((reason) => (
        <li key={reason}>{reason}</li>
      ))}
      {more > 0 && <li class="quiet">{t("order.more", { n: more })}</li>}
    </ul>
  );
}

function missingSentence(t: ReturnType<typeof useConsole>["t"], entry: Missing): string {
  return t("order.missing", {
    sku: entry.sku,
    asked: entry.asked,
    free: entry.free,
    missing: entry.missing,
  });
}
