/** Questions in the middle of picking: type it, another stop first, which item, undo, too many. */
import type { JSX } from "preact";

import { lastUndoable } from "../session/undo";
import { stageOf } from "../stage";
import type { Dialog, State } from "../state";
import type { Say } from "../text/sentence";
import { Button, Tap } from "./button";
import { withWholeCodes } from "./codes";
import { useParts } from "./context";
import { Keypad } from "./keypad";
import { CLOSE, Sheet, YES_NO } from "./sheet";

export function Type({ what }: { what: "badge" | "pin" | "digits" | "code" }): JSX.Element {
  const { dispatch } = useParts();
  return (
    <Sheet name="type" buttons={CLOSE}>
      <Keypad
        prefix={what === "badge" ? "B-" : ""}
        secret={what === "pin"}
        letters={what === "code" || what === "digits"}
        onDone={(code) => {
          dispatch({ type: "scan", code, at: performance.now() });
        }}
      />
    </Sheet>
  );
}

export function Jump({ state, stop }: { state: State; stop: string }): JSX.Element {
  const { say } = useParts();
  const there = state.snapshot?.stops.find(({ id }) => id === stop);
  const location = there?.location ?? "–";
  const n = Math.round((there?.distance_mm ?? 0) / 1000);
  return (
    <Sheet name="jump" title={say({ key: "jump.title", with: { location } })} buttons={YES_NO}>
      <p class="lead">{say({ key: "jump.metres", with: { n } })}</p>
    </Sheet>
  );
}

export function Choose({ matches }: { matches: Extract<Dialog, { kind: "choose" }>["matches"] }): JSX.Element {
  const { say, dispatch } = useParts();
  return (
    <Sheet
      name="choose"
      title={say({ key: "choose.title" })}
      buttons={<Tap word="no" text={{ key: "button.close" }} />}
    >
      <div class="stack">
        {matches.map((match, index) => (
          <Button
            key={`${match.sku} ${match.units}`}
            testid={`choose-${index}`}
            look="plain"
            onTap={() => {
              dispatch({ type: "choose", match, at: performance.now() });
            }}
          >
            {match.name}
            {match.units > 1 && ` (${say({ key: "choose.pack", with: { units: match.units } })})`}
          </Button>
        ))}
      </div>
    </Sheet>
  );
}

export function Undo({ state }: { state: State }): JSX.Element {
  const { say } = useParts();
  const last = lastUndoable(state);
  const task = state.snapshot?.tasks.find(({ id }) => id === last?.task);
  const label = state.snapshot?.cart.slots.find(({ slot }) => slot === task?.tote_slot)?.label;
  const what = { qty: last?.qty ?? 0, name: task?.name ?? "–" };
  const question: Say =
    last?.kind === "short"
      ? { key: "undo.short", with: what }
      : { key: "undo.pick", with: { ...what, slot: label ?? "–" } };
  return <Sheet name="undo" title={say(question)} buttons={YES_NO} />;
}

/** X9: nothing goes on before the surplus is back. */
export function OverSheet({ state }: { state: State }): JSX.Element | null {
  const { say, dispatch } = useParts();
  const stage = stageOf(state);
  if (stage.at !== "take" && stage.at !== "put") return null;
  const { over, taken } = state.cursor;
  const { location } = stage.stop;
  return (
    <Sheet
      name="over"
      title={say({ key: "over.title", with: { qty: taken, n: over } })}
      buttons={
        <Button
          testid="button-type-digits"
          onTap={() => {
            dispatch({ type: "type", what: "digits" });
          }}
        >
          {say({ key: "button.type" })}
        </Button>
      }
    >
      <p class="lead">{withWholeCodes(say({ key: "over.confirm", with: { location } }))}</p>
    </Sheet>
  );
}
