/** The bar that launches the chosen plan; a double click or a lost answer launches once. */

import { useState } from "preact/hooks";

import { ApiProblem, NoAnswer } from "../api/problem";
import type { LaunchResult, Wave } from "../api/types";
import { Notice, Problem } from "../components/basics";
import { Icon } from "../components/icon";
import { LAUNCHED } from "../components/wave_words";
import type { SheetColumn } from "../plan/sheet";
import { useCommand, useConsole } from "../state/console";
import { LaunchIntents } from "../state/launch_intent";

export function Launch({
  wave,
  column,
  method,
  onLaunched,
}: {
  wave: Wave;
  column: SheetColumn;
  method: string;
  onLaunched: (result: LaunchResult) => void;
}) {
  const { api, t, formats } = useConsole();
  const [intents] = useState(() => new LaunchIntents());
  const { busy, error, run } = useCommand();
  const launch = (): void => {
    void run(async () => {
      try {
        const answer = await api.launch(
          wave.id,
          column.plan_id,
          intents.keyFor(wave.id, column.plan_id),
        );
        onLaunched(answer);
      } catch (failure) {
        if (failure instanceof ApiProblem && failure.status < 500)
          intents.refused(wave.id, column.plan_id);
        throw failure;
      }
    });
  };
  if (LAUNCHED.has(wave.state) || wave.state !== "planned") return null;
  return (
    <div class="action-bar" data-testid="launch-bar">
      <div>
        <strong>{t("launch.title", { method })}</strong>
        <div class="quiet">
          {t("launch.sum", {
            lists: formats.integer(column.lists),
            length: formats.length(column.length_mm),
            time: formats.minutes(column.duration_ms),
          })}
          {column.left_out_orders > 0 && ` · ${t("launch.leftOut", { n: column.left_out_orders })}`}
        </div>
      </div>
      <span class="spacer" />
      {error instanceof NoAnswer ? (
        <Notice tone="warn" testid="launch-unknown">
          {t("launch.unknown")}
        </Notice>
      ) : (
        <Problem error={error} testid="launch-problem" />
      )}
      <button
        type="button"
        class="button button-primary button-big"
        disabled={busy || !column.launchable}
        onClick={launch}
        data-testid="launch-button"
      >
        <Icon name="launch" />
        {busy ? t("launch.busy") : t("launch.action")}
      </button>
    </div>
  );
}
