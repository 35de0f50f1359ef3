/** The menu, and what it leads to: hand back, sign out, pause. And the lesson of signals. */
import type { JSX } from "preact";

import { PATTERNS, type Signal } from "../../shared/feedback";
import { viewOfState } from "../stage";
import { unsent, type State } from "../state";
import { open } from "../view";
import { Tap } from "./button";
import { useParts } from "./context";
import { Icon } from "./icons";
import { CLOSE, Sheet, YES_NO } from "./sheet";

export function Menu({ state }: { state: State }): JSX.Element {
  const inList = viewOfState(state)?.closed === null;
  return (
    <Sheet name="menu" buttons={CLOSE}>
      <div class="stack">
        {inList && <Tap word="undo" text={{ key: "button.undo" }} />}
        {inList && <Tap word="help" text={{ key: "button.help" }} />}
        <Tap word="pause" text={{ key: "button.pause" }} />
        {inList && <Tap word="hand-back" text={{ key: "button.hand-back" }} />}
        <Tap word="sign-out" text={{ key: "button.sign-out" }} />
      </div>
    </Sheet>
  );
}

const TAUGHT = ["ok", "line", "wrong", "news"] as const satisfies readonly Signal[];

/** H1: the main signals with their names, so that the first `wrong` is no riddle. */
export function SoundCheck(): JSX.Element {
  const { say } = useParts();
  return (
    <Sheet
      name="sound"
      title={say({ key: "signin.sound" })}
      buttons={
        <>
          <Tap word="louder" text={{ key: "button.louder" }} />
          <Tap word="yes" look="main" text={{ key: "button.yes" }} />
        </>
      }
    >
      <ul class="signals">
        {TAUGHT.map((signal) => (
          <li key={signal} class={`bar ${signal}`}>
            <span class="mark">
              <Icon name={signal} />
            </span>
            <strong>{say({ key: `word.${signal}` })}</strong>
            <span class="rhythm" aria-hidden="true">
              {PATTERNS[signal].tones.map(({ ms }, index) => (
                <i key={index} class={ms > 150 ? "long" : "short"} />
              ))}
            </span>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

export function HandBack({ state }: { state: State }): JSX.Element {
  const { say } = useParts();
  const left = viewOfState(state)?.tasks.filter((task) => open(task) > 0).length ?? 0;
  return (
    <Sheet name="hand-back" title={say({ key: "hand-back.title" })} buttons={YES_NO}>
      <p class="lead">{say({ key: "hand-back.what", with: { n: left } })}</p>
    </Sheet>
  );
}

export function SignOut({ state }: { state: State }): JSX.Element {
  const { say } = useParts();
  const waiting = unsent(state);
  const view = viewOfState(state);
  return (
    <Sheet name="sign-out" title={say({ key: "sign-out.title" })} buttons={YES_NO}>
      {waiting > 0 && <p class="lead">{say({ key: "sign-out.unsent", with: { n: waiting } })}</p>}
      {view?.closed === null && (
        <p class="lead">
          {say({ key: "sign-out.list", with: { number: view.snapshot.number } })}
        </p>
      )}
    </Sheet>
  );
}

export function Pause(): JSX.Element {
  const { say } = useParts();
  return (
    <Sheet
      name="pause"
      title={say({ key: "pause.title" })}
      buttons={<Tap word="start" look="main" text={{ key: "button.continue" }} />}
    >
      <p class="lead">{say({ key: "pause.safe" })}</p>
    </Sheet>
  );
}
