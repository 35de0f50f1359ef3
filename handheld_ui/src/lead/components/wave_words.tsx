/** States of waves and lists as words with a shape and a tone. */

import { label } from "../catalogue/text";
import { useConsole } from "../state/console";
import { Tag, type Tone } from "./basics";
import type { IconName } from "./icon";

const WAVE_LOOKS: Record<string, [Tone, IconName]> = {
  draft: ["plain", "ring"],
  planning: ["info", "clock"],
  planned: ["info", "dot"],
  infeasible: ["danger", "alert"],
  failed: ["danger", "alert"],
  stale: ["warn", "alert"],
  released: ["info", "launch"],
  "in-progress": ["info", "launch"],
  completed: ["ok", "check"],
  "completed-with-shorts": ["warn", "check"],
  undoing: ["plain", "undo"],
  cancelled: ["plain", "close"],
};

export function WaveStateTag({ state }: { state: string }) {
  const { t } = useConsole();
  const [tone, icon] = WAVE_LOOKS[state] ?? ["plain", "dot"];
  return (
    <span data-testid="wave-state" data-state={state}>
      <Tag tone={tone} icon={icon}>
        {label(t, "wave.state", state)}
      </Tag>
    </span>
  );
}

const LIST_LOOKS: Record<string, [Tone, IconName]> = {
  ready: ["plain", "ring"],
  claimed: ["info", "user"],
  loading: ["info", "user"],
  picking: ["info", "launch"],
  paused: ["warn", "hold"],
  dropping: ["info", "arrow"],
  closed: ["ok", "check"],
  cancelled: ["plain", "close"],
};

export function ListStateTag({ state }: { state: string }) {
  const { t } = useConsole();
  const [tone, icon] = LIST_LOOKS[state] ?? ["plain", "dot"];
  return (
    <Tag tone={tone} icon={icon}>
      {label(t, "list.state", state)}
    </Tag>
  );
}

/** States in which a plan may be asked for. */
export const PLANNABLE: ReadonlySet<string> = new Set([
  "draft",
  "planned",
  "stale",
  "failed",
  "infeasible",
]);
/** States after a launch. */
export const LAUNCHED: ReadonlySet<string> = new Set([
  "released",
  "in-progress",
  "completed",
  "completed-with-shorts",
  "undoing",
]);
/** States in which nothing more happens. */
export const WAVE_OVER: ReadonlySet<string> = new Set([
  "completed",
  "completed-with-shorts",
  "cancelled",
]);

export function runIsActive(run: { state: string } | null): boolean {
  return run !== null && (run.state === "queued" || run.state === "running");
}
