/** Orders of today: counts per state, the table, and the way into a wave. */

import { useEffect, useState } from "preact/hooks";

import type { Order, OrderPage } from "../api/types";
import { Empty, Loading, PageHead, Problem } from "../components/basics";
import { Icon } from "../components/icon";
import { OrderTable } from "../components/order_table";
import { StateChips } from "../components/state_chips";
import { useCommand, useConsole, useSettled } from "../state/console";
import { useResource } from "../state/resource";
import { go } from "../state/router";
import { readyOrderIds, type Selection } from "../state/selection";
import { OrderDrawer } from "./order_drawer";

const PAGE = 100;

export function OrdersView({
  selection,
  onSelect,
}: {
  selection: Selection;
  onSelect: (selection: Selection) => void;
}) {
  const { api, t, formats } = useConsole();
  const [state, setState] = useState("");
  const [channel, setChannel] = useState("");
  const [typed, setTyped] = useState("");
  const [open, setOpen] = useState<string | null>(null);
  const q = useSettled(typed.trim(), 250);
  const [pages, setPages] = useState(1);
  const key = `orders ${state} ${channel} ${q}`;
  useEffect(() => {
    setPages(1);
  }, [key]);

  const page = useResource<OrderPage>(
    `${key} ${pages}`,
    () => readPages((after) => api.orders({ state, channel, q, limit: PAGE, after }), pages),
    ["orders"],
    { gapMs: 1_000 },
  );
  // While more rows load, the rows at hand stay.
  const [shown, setShown] = useState<{ key: string; page: OrderPage } | null>(null);
  useEffect(() => {
    if (page.data) setShown({ key, page: page.data });
  }, [page.data, key]);
  const data = page.data ?? (shown?.key === key ? shown.page : null);
  const counts = data?.counts ?? shown?.page.counts ?? {};
  const gather = useCommand();

  const selectAllReady = (): void => {
    void gather.run(async () => {
      onSelect({ ids: new Set(await readyOrderIds(api, { channel, q })) });
    });
  };
  const filtered = state !== "" || channel !== "" || q !== "";
  return (
    <div class="view">
      <PageHead title={t("orders.title")} sub={t("orders.sub")}>
        <button
          type="button"
          class="button button-primary"
          onClick={() => {
            go({ view: "builder" });
          }}
          data-testid="new-wave"
        >
          <Icon name="plus" />
          {t("orders.newWave")}
        </button>
      </PageHead>
      <StateChips counts={counts} state={state} onState={setState} />
      <div class="toolbar">
        <label class="search">
          <Icon name="search" />
          <span class="visually-hidden">{t("orders.search")}</span>
          <input
            type="search"
            value={typed}
            placeholder={t("orders.search")}
            data-testid="orders-search"
            onInput={(event) => {
              setTyped(event.currentTarget.value);
            }}
          />
        </label>
        <label class="inline-field">
          <span>{t("field.channel")}</span>
          <input
            list="known-channels"
            value={channel}
            placeholder={t("field.any")}
            data-testid="orders-channel"
            onInput={(event) => {
              setChannel(event.currentTarget.value.trim());
            }}
          />
          <datalist id="known-channels">
            {[...new Set((data?.orders ?? []).map((order) => order.channel))].map((code) => (
              <option key={code} value={code} />
            ))}
          </datalist>
        </label>
        <span class="spacer" />
        <button
          type="button"
          class="button"
          disabled={gather.busy || (counts.ready ?? 0) === 0}
          onClick={selectAllReady}
          data-testid="select-all-ready"
        >
          {gather.busy ? t("common.working") : t("orders.selectAllReady")}
        </button>
      </div>
      <Problem error={gather.error ?? page.error} />
      {data === null ? (
        page.error ? null : (
          <Loading />
        )
      ) : data.orders.length === 0 ? (
        <Empty title={t(filtered ? "orders.none" : "orders.empty")}>
          {t(filtered ? "orders.noneHint" : "orders.emptyHint")}
        </Empty>
      ) : (
        <>
          <OrderTable
            orders={data.orders}
            selection={selection}
            onSelect={onSelect}
            onOpen={(order: Order) => {
              setOpen(order.id);
            }}
          />
          {data.next !== null && (
            <div class="more">
              <button
                type="button"
                class="button"
                onClick={() => {
                  setPages(pages + 1);
                }}
                data-testid="orders-more"
              >
                {t("orders.loadMore", { n: formats.integer(PAGE) })}
              </button>
            </div>
          )}
        </>
      )}
      {selection.ids.size > 0 && (
        <div
          class="action-bar"
          role="region"
          aria-label={t("orders.selection")}
          data-testid="selection-bar"
        >
          <strong>{t("orders.selected", { n: selection.ids.size })}</strong>
          <span class="spacer" />
          <button
            type="button"
            class="button"
            onClick={() => {
              onSelect({ ids: new Set() });
            }}
          >
            {t("orders.clear")}
          </button>
          <button
            type="button"
            class="button button-primary"
            onClick={() => {
              go({ view: "builder" });
            }}
            data-testid="build-wave"
          >
            {t("orders.buildWave")}
            <Icon name="arrow" />
          </button>
        </div>
      )}
      {open !== null && (
        <OrderDrawer
          id={open}
          onClose={() => {
            setOpen(null);
          }}
        />
      )}
    </div>
  );
}

/** The first `pages` pages as one, so that a refresh keeps what was loaded. */
async function readPages(
  read: (after: number | null) => Promise<OrderPage>,
  pages: number,
): Promise<OrderPage> {
  let page = await read(null);
  const orders = [...page.orders];
  for (let more = 1; more < pages && page.next !== null; more += 1) {
    page = await read(page.next);
    orders.push(...page.orders);
  }
  return { ...page, orders };
}
