/** How many orders are in each state; a chip filters the table. */

import { label } from "../catalogue/text";
import { useConsole } from "../state/console";

/** In the order of the day; those marked always show, the others only when not empty. */
const STATES: [state: string, always: boolean][] = [
  ["received", false],
  ["held", true],
  ["backordered", true],
  ["ready", true],
  ["planned", true],
  ["released", false],
  ["picking", true],
  ["picked", true],
  ["picked-short", false],
  ["consolidating", false],
  ["ready-to-pack", true],
  ["exception", false],
  ["cancelling", false],
  ["cancelled", false],
];

export function StateChips({
  counts,
  state,
  onState,
}: {
  counts: Record<string, number>;
  state: string;
  onState: (state: string) => void;
}) {
  const { t, formats } = useConsole();
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const chips = STATES.filter(
    ([name, always]) => always || name === state || (counts[name] ?? 0) > 0,
  );
  const chip = (name: string, word: string, count: number) => (
    <button
      key={name}
      type="button"
      class={`chip chip-${name || "all"}`}
      aria-pressed={state === name}
      onClick={() => {
        onState(state === name ? "" : name);
      }}
      data-testid={`chip-${name || "all"}`}
    >
      <span class="chip-word">{word}</span>
      <span class="chip-count">{formats.integer(count)}</span>
    </button>
  );
  return (
    <div class="chips" role="group" aria-label={t("orders.byState")}>
      {chip("", t("orders.all"), total)}
      {chips.map(([name]) => chip(name, label(t, "order.state", name), counts[name] ?? 0))}
    </div>
  );
}
