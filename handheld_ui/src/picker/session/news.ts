/** What the server changed, refused or parked, in sentences. */
import type { News, Op, Snapshot } from "../../shared/protocol";
import type { Notice } from "../state";
import { en, type Key } from "../text/en";
import type { Say } from "../text/sentence";

export function recallNotice(snapshot: Snapshot | null): Notice {
  const number = snapshot?.number ?? 0;
  return {
    id: `recalled-${snapshot?.list ?? ""}`,
    says: [{ key: "news.recalled", with: { number } }],
  };
}

export function saysOf(message: News, list: Snapshot): readonly Say[] {
  if (message.kind === "alternative") {
    const found = list.tasks.find(({ sku }) => sku === message.sku);
    const name = found?.name ?? message.sku ?? "–";
    return [{ key: "news.alternative", with: { qty: message.quantity ?? 0, name } }];
  }
  if (message.kind !== "order-cancelled") {
    return [{ key: "news.other", with: { kind: message.kind } }];
  }
  const says: Say[] = [{ key: "news.cancelled", with: { number: message.order_number ?? "–" } }];
  const slot = list.cart.slots.find((each) => each.slot === message.slot);
  if (slot !== undefined) says.push({ key: "news.cancelled-slot", with: { slot: slot.label } });
  return says;
}

export function whatOf(op: Op, snapshot: Snapshot | null): Say {
  const task = snapshot?.tasks.find((each) => "task" in op && each.id === op.task);
  const name = task?.name ?? "–";
  switch (op.kind) {
    case "bind": {
      const slot = snapshot?.cart.slots.find((each) => each.slot === op.slot);
      return { key: "what.bind", with: { tote: op.tote, slot: slot?.label ?? op.slot + 1 } };
    }
    case "pick":
    case "short":
      return { key: `what.${op.kind}`, with: { qty: op.qty, name } };
    case "skip":
      return { key: "what.skip", with: { name } };
    case "drop":
      return { key: "what.drop", with: { tote: op.tote, station: op.station } };
    default:
      return { key: `what.${op.kind}` };
  }
}

export function whyOf(code: string): Say {
  const key = `why.${code}`;
  return isWhy(key) ? { key } : { key: "why.other", with: { code } };
}

type Why = Exclude<Extract<Key, `why.${string}`>, "why.other">;

function isWhy(key: string): key is Why {
  return Object.hasOwn(en, key) && key !== "why.other";
}
