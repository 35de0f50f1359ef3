/** A new wave: filters on the left, what they take on the right, and the way to a plan. */

import { useState } from "preact/hooks";

import type { Preview } from "../api/types";
import { Figure, Notice, PageHead, Panel, Problem } from "../components/basics";
import { BuilderOrders } from "../components/builder_orders";
import { BuilderFilters } from "../components/builder_filters";
import { defaultName, EMPTY_FORM, filterOf } from "../plan/builder";
import { useConsole, useLast, useSettled } from "../state/console";
import { useResource } from "../state/resource";
import { NOTHING, type Selection } from "../state/selection";
import { PlanRequest } from "./plan_request";

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
  const wanted = JSON.stringify(filter);
  const settled = useSettled(wanted, 250);
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
            preview={settled === wanted ? preview.data : null}
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
