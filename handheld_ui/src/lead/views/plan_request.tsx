/** Name, cart and time of a new wave; creates it and asks for its plan. */

import { useState } from "preact/hooks";

import { sentence } from "../api/problem";
import type { Preview } from "../api/types";
import { Panel, Problem } from "../components/basics";
import { Icon } from "../components/icon";
import { secondsOf, SECONDS } from "../plan/builder";
import { useCommand, useConsole } from "../state/console";
import { useResource } from "../state/resource";
import { go } from "../state/router";

export function PlanRequest({
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
