/** Progress of tasks as one bar of parts; the same figures stand beside it as words. */

import type { WaveProgress } from "../api/types";
import { useConsole } from "../state/console";

export function TaskBar({ progress, label }: { progress: WaveProgress; label: string }) {
  const { t, formats } = useConsole();
  const total = Math.max(progress.tasks, 1);
  const closed = progress.done + progress.short + progress.cancelled;
  const part = (value: number): { width: string } => ({ width: `${(value / total) * 100}%` });
  return (
    <div class="task-progress">
      <div
        class="bar"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={progress.tasks}
        aria-valuenow={closed}
        aria-valuetext={t("board.progress", { done: closed, total: progress.tasks })}
      >
        <i class="bar-done" style={part(progress.done)} />
        <i class="bar-short" style={part(progress.short)} />
        <i class="bar-cancelled" style={part(progress.cancelled)} />
      </div>
      <div class="bar-words">
        <span>
          {t("board.progress", {
            done: formats.integer(closed),
            total: formats.integer(progress.tasks),
          })}
        </span>
        {progress.short > 0 && (
          <span class="word-short">{t("board.short", { n: progress.short })}</span>
        )}
        {progress.cancelled > 0 && <span>{t("board.cancelled", { n: progress.cancelled })}</span>}
      </div>
    </div>
  );
}

/** One value of a whole, e.g. stops of a list. */
export function Meter({ value, total, label }: { value: number; total: number; label: string }) {
  const part = total > 0 ? Math.min(value / total, 1) : 0;
  return (
    <div
      class="bar bar-thin"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={total}
      aria-valuenow={value}
    >
      <i class="bar-done" style={{ width: `${part * 100}%` }} />
    </div>
  );
}
