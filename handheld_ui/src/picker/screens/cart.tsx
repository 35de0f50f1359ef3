/** The cart as a grid: where the slot is that matters now. */
import type { JSX } from "preact";

import type { Slot } from "../../shared/protocol";

export function Cart({ slots, now }: { slots: readonly Slot[]; now: number }): JSX.Element {
  const columns = slots.length <= 3 ? slots.length : slots.length <= 8 ? 4 : 6;
  return (
    <ol class="cart" data-testid="cart" style={{ "--columns": columns }}>
      {slots.map((slot) => (
        <li
          key={slot.slot}
          class={[slot.bound ? "bound" : "empty", slot.slot === now ? "now" : ""].join(" ")}
          data-testid={`slot-${slot.label}`}
          data-bound={slot.bound}
          aria-current={slot.slot === now}
        >
          <b>{slot.label}</b>
          <small>{slot.bound ? slot.tote : "·"}</small>
        </li>
      ))}
    </ol>
  );
}
