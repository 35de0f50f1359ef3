/** H11 and H12: leave the totes, and the list in numbers. */
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";

import type { Stage } from "../stage";
import { unsent, type State } from "../state";
import type { Say } from "../text/sentence";
import { Tap } from "./button";
import { Cart } from "./cart";
import { useParts } from "./context";
import { Huge, Screen } from "./frame";
import { Icon } from "./icons";
import { TypeIt } from "./list";

/** How long H12 stays when nobody taps. */
const SUMMARY_MS = 5000;

export function Drop({ stage }: { stage: Extract<Stage, { at: "drop" }> }): JSX.Element {
  const { say } = useParts();
  const { slots, view } = stage;
  const [first, ...others] = view.snapshot.drop;
  if (slots.length === 0) {
    return (
      <Screen
        name="drop"
        buttons={<Tap word="done" look="main" text={{ key: "button.finish" }} />}
      >
        <h1 class="title">{say({ key: "drop.nothing" })}</h1>
        <p class="lead">{say({ key: "drop.nothing-why" })}</p>
      </Screen>
    );
  }
  return (
    <Screen name="drop" buttons={<TypeIt what="code" />}>
      <p class="caption">{say({ key: "drop.title" })}</p>
      <Huge text={first ?? "–"} testid="station" />
      {others.length > 0 && (
        <p class="lead">{say({ key: "drop.or", with: { stations: others.join(", ") } })}</p>
      )}
      <p class="lead">{say({ key: "drop.totes", with: { n: slots.length } })}</p>
      <Cart slots={slots} now={-1} />
    </Screen>
  );
}

export function Done({ state }: { state: State }): JSX.Element {
  const { say, dispatch } = useParts();
  const { summary } = state;
  useEffect(() => {
    const timer = setTimeout(() => {
      dispatch({ type: "summary-seen" });
    }, SUMMARY_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [dispatch]);
  const number = summary?.number ?? 0;
  const facts: [string, Say][] = [
    ["stops", { key: "done.stops", with: { n: summary?.stops ?? 0 } }],
    ["units", { key: "done.units", with: { n: summary?.units ?? 0 } }],
    [
      "metres",
      { key: "done.metres", with: { n: Math.round((summary?.length_mm ?? 0) / 1000) } },
    ],
    ["shorts", { key: "done.shorts", with: { n: summary?.shorts ?? 0 } }],
  ];
  const waiting = unsent(state);
  return (
    <Screen name="done" buttons={<Tap word="close" look="main" text={{ key: "button.ok" }} />}>
      <div class="flag">
        <Icon name="list" size={72} />
      </div>
      <h1 class="title">{say({ key: "done.title", with: { number } })}</h1>
      <ul class="facts big" data-testid="summary">
        {facts.map(([name, fact]) => (
          <li key={name} data-testid={`summary-${name}`}>
            {say(fact)}
          </li>
        ))}
      </ul>
      <p class="lead">{say({ key: "done.thanks" })}</p>
      {waiting > 0 && <p class="quiet">{say({ key: "done.sending", with: { n: waiting } })}</p>}
    </Screen>
  );
}
