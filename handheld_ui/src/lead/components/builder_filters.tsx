/** Which ready orders a wave takes. */

import type { Order } from "../api/types";
import { label } from "../catalogue/text";
import { distinct, EMPTY_FORM, type BuilderForm } from "../plan/builder";
import { useConsole } from "../state/console";

export function BuilderFilters({
  form,
  ready,
  onForm,
}: {
  form: BuilderForm;
  /** Ready orders, whose channels and carriers are offered. */
  ready: readonly Order[];
  onForm: (form: BuilderForm) => void;
}) {
  const { t } = useConsole();
  const set = (change: Partial<BuilderForm>): void => {
    onForm({ ...form, ...change });
  };
  return (
    <div class="form-stack">
      <Suggest
        label={t("field.channel")}
        value={form.channel}
        options={distinct(ready.map((order) => order.channel))}
        onValue={(channel) => {
          set({ channel });
        }}
        testid="filter-channel"
      />
      <Suggest
        label={t("field.carrier")}
        value={form.carrier}
        options={distinct(ready.map((order) => order.carrier))}
        onValue={(carrier) => {
          set({ carrier });
        }}
        testid="filter-carrier"
      />
      <label class="field">
        <span>{t("field.priority")}</span>
        <select
          value={form.priority}
          onChange={(event) => {
            set({ priority: event.currentTarget.value });
          }}
          data-testid="filter-priority"
        >
          <option value="">{t("field.any")}</option>
          {["0", "1", "2", "3"].map((value) => (
            <option key={value} value={value}>
              {label(t, "priority", value)}
            </option>
          ))}
        </select>
      </label>
      <label class="field">
        <span>{t("builder.shipByBefore")}</span>
        <input
          type="datetime-local"
          value={form.ship_by_before}
          onInput={(event) => {
            set({ ship_by_before: event.currentTarget.value });
          }}
          data-testid="filter-ship-by"
        />
      </label>
      <label class="field">
        <span>{t("builder.maxOrders")}</span>
        <input
          type="number"
          min="1"
          step="1"
          placeholder={t("builder.noLimit")}
          value={form.max_orders}
          onInput={(event) => {
            set({ max_orders: event.currentTarget.value });
          }}
          data-testid="filter-max-orders"
        />
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={form.single_line}
          onChange={(event) => {
            set({ single_line: event.currentTarget.checked });
          }}
          data-testid="filter-single-line"
        />
        <span>{t("builder.singleLine")}</span>
      </label>
      <button
        type="button"
        class="button"
        onClick={() => {
          onForm(EMPTY_FORM);
        }}
        data-testid="filter-clear"
      >
        {t("builder.clear")}
      </button>
    </div>
  );
}

/** A choice among the values that ready orders have. */
function Suggest({
  label: name,
  value,
  options,
  onValue,
  testid,
}: {
  label: string;
  value: string;
  options: string[];
  onValue: (value: string) => void;
  testid: string;
}) {
  const { t } = useConsole();
  const known = value === "" || options.includes(value) ? options : [value, ...options];
  return (
    <label class="field">
      <span>{name}</span>
      <select
        value={value}
        onChange={(event) => {
          onValue(event.currentTarget.value);
        }}
        data-testid={testid}
      >
        <option value="">{t("field.any")}</option>
        {known.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </select>
    </label>
  );
}
