/** A new wave: filters on the left, what they take on the right, and the way to a plan. */

import { useState } from "preact/hooks";

import { sentence } from "../api/problem";
import type { Preview } from "../api/types";
import { Figure, Notice, PageHead, Panel, Problem } from "../components/basics";
import { BuilderOrders } from "../components/builder_orders";
import { BuilderFilters } from "../components/builder_filters";
import { Icon } from "../components/icon";
import { defaultName, EMPTY_FORM, filterOf, secondsOf, SECONDS } from "../plan/builder";
import { useCommand, useConsole, useLast, useSettled } from "../state/console";
import { useResource } from "../state/resource";
import { go } from "../state/router";
import { NOTHING, type Selection } from "../state/selection";

/** As many ready orders as one page gives: for the choices of the filters and the list of orders. */
const SAMPLE = 500;

export function BuilderView({
  selection,
  onSelect,
}: {
  selection: Selection;
  onSelect: (selection: Selection) => void;
}) {
  const { api, t, formats } = useConsole();
  const [form, setForm] = useState(EMPTY_FORM);
  const ready = useResource(
    "ready orders",
    async () => (await api.orders({ state: "ready", limit: SAMPLE })).orders,
    ["orders"],
  );
  const filter = filterOf(form, selection.ids);
  const settled = useSettled(JSON.stringify(filter), 250);
  const preview = useResource<Preview>(`preview ${settled}`, () => api.preview(filter), [
    "orders",
    "stock",
  ]);
  const shown = useLast(preview.data);
  return (
    <div class="view">
      <PageHead title={t("builder.title")} sub={t("builder.sub")} />
      <div class="split">
        <div class="split-left">
          {selection.ids.size > 0 && (
            <Notice tone="info" testid="builder-selection">
              {t("builder.chosen", { n: selection.ids.size })}{" "}
              <button
                type="button"
                class="link"
                onClick={() => {
                  onSelect(NOTHING);
                }}
              >
                {t("builder.chosen.clear")}
              </button>
            </Notice>
          )}
          <Panel title={t("builder.filters")}>
            <BuilderFilters form={form} ready={ready.data ?? []} onForm={setForm} />
          </Panel>
        </div>
        <div class="split-right">
          <Panel
            title={t("builder.preview")}
            side={
              preview.data === null && !preview.error ? (
                <span class="quiet">{t("common.loading")}</span>
              ) : undefined
            }
            testid="wave-preview"
          >
            <Problem error={preview.error} />
            {shown && (
              <dl
                class={preview.data ? "figures figures-five" : "figures figures-five figures-old"}
              >
                <Figure
                  label={t("field.orders")}
                  value={formats.integer(shown.orders)}
                  testid="preview-orders"
                />
                <Figure
                  label={t("field.lines")}
                  value={formats.integer(shown.lines)}
                  testid="preview-lines"
                />
                <Figure
                  label={t("field.units")}
                  value={formats.integer(shown.units)}
                  testid="preview-units"
                />
                <Figure label={t("field.weight")} value={formats.weight(shown.weight_g)} />
                <Figure label={t("field.volume")} value={formats.volume(shown.volume_ml)} />
              </dl>
            )}
            {preview.data?.orders === 0 && <Notice tone="warn">{t("builder.nothing")}</Notice>}
          </Panel>
          <PlanRequest
            suggested={defaultName(form, formats.dayTime(new Date()))}
            preview={preview.data}
            onDone={() => {
              onSelect(NOTHING);
            }}
          />
          {shown && shown.orders > 0 && (
            <BuilderOrders ids={shown.order_ids} ready={ready.data ?? []} />
          )}
        </div>
      </div>
    </div>
  );
}

/** Name, cart and time; creates the wave and asks for its plan. */
function PlanRequest({
  suggested,
  preview,
  onDone,
}: {
  suggested: string;
  preview: Preview | null;
  onDone: () => void;
}) {
  const { api, t, announce } = useConsole();
  const carts = useResource("cart-types", async () => (await api.cartTypes()).cart_types, []);
  const [name, setName] = useState<string | null>(null);
  const [cart, setCart] = useState<string | null>(null);
  const [seconds, setSeconds] = useState(String(SECONDS.usual));
  const { busy, error, run } = useCommand();
  const largest = carts.data?.toSorted((a, b) => b.slots - a.slots)[0];
  const cartType = cart ?? largest?.code ?? "";
  const plan = (): void => {
    void run(async () => {
      if (preview === null) return;
      // The very orders of the preview: what the lead saw is what is planned.
      const wave = await api.createWave({
        name: (name ?? suggested).trim() || suggested,
        order_ids: preview.order_ids,
        cart_type: cartType,
      });
      onDone();
      try {
        await api.plan(wave.id, secondsOf(seconds), 1);
      } catch (failure) {
        announce(sentence(failure, t)); // the wave stands; its page offers to plan again
      }
      go({ view: "wave", id: wave.id, tab: "plan" });
    });
  };
  return (
    <Panel title={t("builder.request")}>
      <form
        class="form-grid"
        onSubmit={(event) => {
          event.preventDefault();
          plan();
        }}
      >
        <label class="field field-wide">
          <span>{t("field.name")}</span>
          <input
            value={name ?? suggested}
            maxLength={100}
            onInput={(event) => {
              setName(event.currentTarget.value);
            }}
            data-testid="wave-name"
          />
        </label>
        <label class="field">
          <span>{t("field.cart")}</span>
          <select
            value={cartType}
            onChange={(event) => {
              setCart(event.currentTarget.value);
            }}
            data-testid="wave-cart"
          >
            {(carts.data ?? []).map((entry) => (
              <option key={entry.code} value={entry.code}>
                {t("builder.cartOption", { name: entry.name, slots: entry.slots })}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{t("field.seconds")}</span>
          <input
            type="number"
            min={SECONDS.min}
            max={SECONDS.max}
            step="1"
            value={seconds}
            onInput={(event) => {
              setSeconds(event.currentTarget.value);
            }}
            data-testid="wave-seconds"
          />
        </label>
        <p class="hint field-wide">{t("builder.hint")}</p>
        <div class="field-wide">
          <Problem error={error ?? carts.error} />
          <button
            type="submit"
            class="button button-primary button-big"
            disabled={busy || !preview || preview.orders === 0 || cartType === ""}
            data-testid="plan-button"
          >
            <Icon name="waves" />
            {busy ? t("common.working") : t("builder.plan")}
          </button>
        </div>
      </form>
    </Panel>
  );
}
