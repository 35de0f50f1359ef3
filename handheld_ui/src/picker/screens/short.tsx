/** X1: how many are there really, and why not more. */
import type { JSX } from "preact";

import type { ShortReason } from "../../shared/protocol";
import { shortBounds } from "../judge_dialogs";
import { stageOf } from "../stage";
import type { State } from "../state";
import { open } from "../view";
import { Button, Tap } from "./button";
import { useParts } from "./context";
import { Keypad } from "./keypad";
import { Sheet } from "./sheet";

/** Up to this many, each number has a key of its own. */
const MOST_KEYS = 12;

export function ShortCount({ state }: { state: State }): JSX.Element | null {
  const { say, dispatch } = useParts();
  const stage = stageOf(state);
  const bounds = shortBounds(stage);
  if (bounds === null || (stage.at !== "take" && stage.at !== "put")) return null;
  const [least, most] = bounds;
  const { task, stop } = stage;
  const give = (count: number): void => {
    dispatch({ type: "count", count });
  };
  const wanted = { qty: open(task), location: stop.location };
  return (
    <Sheet
      name="short-count"
      title={say({ key: "short.count" })}
      buttons={<Tap word="no" text={{ key: "button.close" }} />}
    >
      <p class="lead">{say({ key: "short.wanted", with: wanted })}</p>
      {least > 0 && <p class="quiet">{say({ key: "short.in-hand", with: { n: least } })}</p>}
      {most < MOST_KEYS ? (
        <div class="numbers">
          {Array.from({ length: most - least + 1 }, (_nothing, index) => least + index).map((n) => (
            <Button
              key={n}
              testid={`count-${n}`}
              look="plain"
              onTap={() => {
                give(n);
              }}
            >
              {n}
            </Button>
          ))}
        </div>
      ) : (
        <Keypad
          longest={4}
          onDone={(typed) => {
            give(Number(typed));
          }}
        />
      )}
    </Sheet>
  );
}

const WHY: readonly ShortReason[] = ["none", "fewer", "cannot-find", "behind"];

export function ShortWhy({ count }: { count: number }): JSX.Element {
  const { say, dispatch } = useParts();
  // "None" and "fewer" each fit one kind of count.
  const fitting = WHY.filter((reason) => reason !== (count === 0 ? "fewer" : "none"));
  return (
    <Sheet
      name="short-reason"
      title={say({ key: "short.reason" })}
      buttons={<Tap word="no" text={{ key: "button.close" }} />}
    >
      <div class="stack">
        {fitting.map((reason) => (
          <Button
            key={reason}
            testid={`reason-${reason}`}
            look="plain"
            onTap={() => {
              dispatch({ type: "reason", reason, at: performance.now() });
            }}
          >
            {say({ key: `short.${reason}` })}
          </Button>
        ))}
      </div>
    </Sheet>
  );
}
