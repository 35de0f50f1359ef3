/** The cart as a grid: where the slot is that matters now. */
import type { JSX } from "preact";

import type { Slot } from "../../shared/protocol";

/** Above this many slots only their letters fit. */
export const WITH_TOTES = 8;

export function Cart({ slots, now }: { slots: readonly Slot[]; now: number }): JSX.Element {
  const many = slots.length > WITH_TOTES;
  return (
    <ol
      class={many ? "cart many" : "cart"}
      data-testid="cart"
      style={{ "--columns": columnsFor(slots.length) }}
    >
      {slots.map((slot) => (
        <li
          key={slot.slot}
          class={[slot.bound ? "bound" : "empty", slot.slot === now ? "now" : ""].join(" ")}
          data-testid={`slot-${slot.label}`}
          data-bound={slot.bound}
          aria-current={slot.slot === now}
        >
          <b>{slot.label}</b>
          {!many && <small>{slot.bound ? slot.tote : "·"}</small>}
        </li>
      ))}
    </ol>
  );
}

function columnsFor(slots: number): number {
  if (slots <= 3) return slots;
  if (slots <= WITH_TOTES) return 4;
  return slots <= 12 ? 6 : 8;
}
