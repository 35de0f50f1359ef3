/** H6 to H9: load the cart, go to, take, put. */
import type { JSX } from "preact";

import type { Task } from "../../shared/protocol";
import { shortBounds } from "../judge_dialogs";
import type { Stage } from "../stage";
import { openStops, openTasks, slotOf, type View } from "../view";
import { Button, Tap } from "./button";
import { Cart, WITH_TOTES } from "./cart";
import { useParts } from "./context";
import { Huge, Screen } from "./frame";
import { MiniMap } from "./map";
import { placeFacts } from "./place";

type At<Name extends Stage["at"]> = Extract<Stage, { at: Name }>;

export function Load({ stage }: { stage: At<"load"> }): JSX.Element {
  const { say } = useParts();
  const { slot, view } = stage;
  return (
    <Screen name="load" buttons={<TypeIt what="code" />}>
      <p class="caption">
        {slot.tote === null
          ? say({ key: "load.title" })
          : say({ key: "load.take", with: { tote: slot.tote } })}
      </p>
      <Huge text={slot.label} size={130} testid="slot" />
      {slot.order_number !== null && (
        <p class="lead">{say({ key: "load.order", with: { number: slot.order_number } })}</p>
      )}
      <Cart slots={view.slots} now={slot.slot} />
    </Screen>
  );
}

export function GoTo({ stage }: { stage: At<"goto"> }): JSX.Element {
  const { say } = useParts();
  const { stop, view } = stage;
  const tasks = openTasks(view, stop.id);
  return (
    <Screen
      name="goto"
      buttons={
        <>
          <Tap word="skip" text={{ key: "button.skip" }} />
          <TypeIt what="digits" />
        </>
      }
    >
      <p class="caption">{say({ key: "goto.title" })}</p>
      <Huge text={stop.location} testid="location" />
      <p class="lead">{placeFacts(stop).map(say).join(" · ")}</p>
      <MiniMap view={view} stop={stop} />
      <p class="quiet" data-testid="task-preview">
        {tasks.map(({ qty, name }) => `${qty} × ${name}`).join(", ")}
      </p>
      <NextStop view={view} now={stop.id} />
    </Screen>
  );
}

export function Take({ stage }: { stage: At<"take"> }): JSX.Element {
  const { say } = useParts();
  const { task, want, taken, slot, stop } = stage;
  const left = want - taken;
  return (
    <Screen
      name="take"
      buttons={
        <>
          <Tap word="short" text={{ key: "button.short" }} />
          <TypeIt what="code" />
        </>
      }
    >
      <p class="caption">
        {say({ key: "take.title" })} · {stop.location}
      </p>
      <p class="amount">
        <span data-testid="quantity" data-left={left} data-want={want}>
          {left}
        </span>
        <small>×</small>
      </p>
      <h1 class="item" data-testid="item-name">
        {task.name}
      </h1>
      {task.picture !== null && <img class="picture" src={task.picture} alt="" />}
      <Dots taken={taken} want={want} />
      <p class="facts-line">
        <span class="tag" data-testid="sku">
          {task.sku}
        </span>
        {task.lot !== null && (
          <span class="tag">{say({ key: "take.lot", with: { lot: task.lot } })}</span>
        )}
        <span class="tag strong">{say({ key: "take.for", with: { slot: slot.label } })}</span>
      </p>
    </Screen>
  );
}

/** Progress of the units: dots while they can be told apart, else a line of text. */
function Dots({ taken, want }: { taken: number; want: number }): JSX.Element {
  const { say } = useParts();
  const text = say({ key: "take.count", with: { taken, qty: want } });
  return (
    <div class="dots" data-testid="taken" data-taken={taken}>
      {want > 1 &&
        want <= 12 &&
        Array.from({ length: want }, (_nothing, index) => (
          <i key={index} class={index < taken ? "full" : ""} />
        ))}
      <span>{text}</span>
    </div>
  );
}

export function Put({ stage }: { stage: At<"put"> }): JSX.Element {
  const { say } = useParts();
  const { slot, task, units, view } = stage;
  const next = taskAfter(view, task);
  const nextSlot = next === undefined ? undefined : slotOf(view, next);
  const many = view.slots.length > WITH_TOTES;
  return (
    <Screen
      name="put"
      buttons={
        <>
          {shortBounds(stage) !== null && <Tap word="short" text={{ key: "button.short" }} />}
          <TypeIt what="code" />
        </>
      }
    >
      <p class="caption">{say({ key: "put.title" })}</p>
      <Huge text={slot.label} size={many ? 84 : 130} testid="slot" />
      {many && <p class="tag">{slot.tote}</p>}
      <p class="lead">
        <b data-testid="put-quantity" data-units={units}>
          {say({ key: "put.what", with: { qty: units, name: task.name } })}
        </b>
      </p>
      <Cart slots={view.slots} now={slot.slot} />
      {next !== undefined && nextSlot !== undefined && (
        <p class="quiet">
          {say({
            key: "put.then",
            with: { qty: next.qty, name: next.name, slot: nextSlot.label },
          })}
        </p>
      )}
    </Screen>
  );
}

function taskAfter(view: View, task: Task): Task | undefined {
  return openTasks(view, task.stop).find(({ id }) => id !== task.id);
}

function NextStop({ view, now }: { view: View; now: string }): JSX.Element | null {
  const { say } = useParts();
  const next = openStops(view).find(({ id }) => id !== now);
  if (next === undefined) return null;
  return (
    <p class="next" data-testid="next-stop">
      <span>{say({ key: "frame.next" })}</span> <b>{next.location}</b>
    </p>
  );
}

export function TypeIt({ what }: { what: "digits" | "code" }): JSX.Element {
  const { say, dispatch } = useParts();
  return (
    <Button
      testid="button-type"
      onTap={() => {
        dispatch({ type: "type", what });
      }}
    >
      {say({ key: "button.type" })}
    </Button>
  );
}
