/** Asks for a plan of a wave that has none, or for another one. */

import { useState } from "preact/hooks";

import type { Wave } from "../api/types";
import { Panel, Problem } from "../components/basics";
import { Icon } from "../components/icon";
import { secondsOf, SECONDS } from "../plan/builder";
import { useCommand, useConsole } from "../state/console";

export function PlanAgain({
  wave,
  again,
  onAsked,
}: {
  wave: Wave;
  again: boolean;
  onAsked: () => void;
}) {
  const { api, t } = useConsole();
  const [seconds, setSeconds] = useState(String(wave.run?.seconds ?? SECONDS.usual));
  const { busy, error, run } = useCommand();
  const ask = (): void => {
    void run(async () => {
      // Another seed explores elsewhere, so that asking again can find something new.
      await api.plan(wave.id, secondsOf(seconds), (wave.run?.seed ?? 0) + 1);
      onAsked();
    });
  };
  return (
    <Panel title={t(again ? "wave.planAgain" : "wave.planNow")}>
      <form
        class="row-line"
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        <label class="inline-field">
          <span>{t("field.seconds")}</span>
          <input
            class="input-short"
            type="number"
            min={SECONDS.min}
            max={SECONDS.max}
            value={seconds}
            onInput={(event) => {
              setSeconds(event.currentTarget.value);
            }}
            data-testid="plan-seconds"
          />
        </label>
        <button
          type="submit"
          class={again ? "button" : "button button-primary"}
          disabled={busy}
          data-testid={again ? "plan-again-button" : "plan-button"}
        >
          <Icon name="waves" />
          {busy ? t("common.working") : t(again ? "wave.planAgain" : "builder.plan")}
        </button>
        <span class="quiet">{t(again ? "wave.planAgainHint" : "builder.hint")}</span>
      </form>
      <Problem error={error} />
    </Panel>
  );
}
