/** H4: one button, and what it will bring. */
import type { JSX } from "preact";

import type { Waiting } from "../../shared/protocol";
import type { State } from "../state";
import type { Say } from "../text/sentence";
import { Button, Tap } from "./button";
import { useParts } from "./context";
import { Screen } from "./frame";

export function Home({ state }: { state: State }): JSX.Element {
  const { say } = useParts();
  const { waiting, asking, person } = state;
  const some = (waiting?.lists ?? 0) > 0;
  const start = asking ? (
    <Button testid="button-start" look="main" disabled onTap={() => undefined}>
      {say({ key: "home.asking" })}
    </Button>
  ) : (
    <Tap word="start" look="main" text={{ key: "button.start" }} />
  );
  return (
    <Screen name="home" buttons={start}>
      <p class="caption">{person?.person.name}</p>
      <h1 class="title" data-testid="home-title">
        {say({ key: some ? "home.ready" : "home.nothing" })}
      </h1>
      {some ? <Next waiting={waiting} /> : <p class="lead">{say({ key: "home.call" })}</p>}
    </Screen>
  );
}

function Next({ waiting }: { waiting: Waiting | null }): JSX.Element | null {
  const { say } = useParts();
  const next = waiting?.next;
  if (waiting === null || next === null || next === undefined) return null;
  const facts: [string, Say][] = [
    ["orders", { key: "home.orders", with: { n: next.orders } }],
    ["stops", { key: "home.stops", with: { n: next.stops } }],
    ["metres", { key: "home.metres", with: { n: Math.round(next.length_mm / 1000) } }],
    ["minutes", { key: "home.minutes", with: { n: Math.ceil(next.duration_ms / 60_000) } }],
  ];
  return (
    <section class="card" data-testid="next-list">
      <h2>{say({ key: "home.next", with: { number: next.number } })}</h2>
      <p>{say(methodSaid(next.method, next.zone))}</p>
      <ul class="facts">
        {facts.map(([name, fact]) => (
          <li key={name}>{say(fact)}</li>
        ))}
      </ul>
      {waiting.lists > 1 && (
        <p class="more">{say({ key: "home.more", with: { n: waiting.lists } })}</p>
      )}
    </section>
  );
}

function methodSaid(method: string, zone: string | null): Say {
  switch (method) {
    case "single":
    case "cluster":
    case "sort-after":
    case "total":
      return { key: `method.${method}` };
    default:
      return { key: "method.zone", with: { zone: zone ?? "" } };
  }
}
