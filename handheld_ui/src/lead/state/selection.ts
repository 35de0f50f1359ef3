/** Orders chosen for a wave by hand. */

import type { ConsoleApi, OrderQuery } from "../api/console";

export interface Selection {
  ids: ReadonlySet<string>;
}

export const NOTHING: Selection = { ids: new Set() };

const PAGE = 500;
const MAX_ORDERS = 5_000;

/** Ids of all ready orders that match, over all pages (at most 5,000). */
export async function readyOrderIds(
  api: Pick<ConsoleApi, "orders">,
  query: Pick<OrderQuery, "channel" | "q">,
): Promise<string[]> {
  const ids: string[] = [];
  let after: number | null = null;
  do {
    const page = await api.orders({ ...query, state: "ready", limit: PAGE, after });
    ids.push(...page.orders.map((order) => order.id));
    after = page.next;
  } while (after !== null && ids.length < MAX_ORDERS);
  return ids;
}

export function toggled(selection: Selection, id: string, on: boolean): Selection {
  const ids = new Set(selection.ids);
  if (on) ids.add(id);
  else ids.delete(id);
  return { ids };
}
