/** The frame around every screen: list and progress, network and what waits to be sent. */
import type { ComponentChildren, JSX } from "preact";

import { unsent, type State } from "../state";
import type { Stage } from "../stage";
import { openStops } from "../view";
import { useParts } from "./context";
import { Icon } from "./icons";
import { useBattery } from "./battery";

export function Header({ state, stage }: { state: State; stage: Stage }): JSX.Element {
  const { say, dispatch } = useParts();
  const view = "view" in stage ? stage.view : null;
  const total = view?.stops.length ?? 0;
  const done = view === null ? 0 : total - openStops(view).length;
  return (
    <header class="header">
      <div class="where">
        {view === null ? (
          <span class="brand">Wavepick</span>
        ) : (
          <>
            <span class="number" data-testid="list-number" data-number={view.snapshot.number}>
              {say({ key: "frame.list", with: { number: view.snapshot.number } })}
            </span>
            <span class="stops" data-testid="progress" data-done={done} data-total={total}>
              {say({ key: "frame.stops", with: { done, total } })}
            </span>
          </>
        )}
      </div>
      <Battery />
      <Link online={state.online} known={state.person !== null} waiting={unsent(state)} />
      {state.person !== null && (
        <button
          type="button"
          class="menu-key"
          data-testid="button-menu"
          aria-label={say({ key: "frame.menu" })}
          tabIndex={-1}
          onMouseDown={(event) => {
            event.preventDefault();
          }}
          onClick={() => {
            dispatch({ type: "tap", button: "menu", at: performance.now() });
          }}
        >
          <Icon name="menu" />
        </button>
      )}
      {total > 0 && <progress class="done" value={done} max={total} aria-hidden="true" />}
    </header>
  );
}

interface LinkProps {
  readonly online: boolean;
  /** Before anybody signs in there is no line to speak of. */
  readonly known: boolean;
  readonly waiting: number;
}

function Link({ online, known, waiting }: LinkProps): JSX.Element {
  const { say } = useParts();
  return (
    <div
      class={online || !known ? "link" : "link offline"}
      data-testid="link"
      data-online={online}
      title={say({ key: online ? "frame.online" : "frame.offline" })}
    >
      {known && <Icon name={online ? "cloud" : "cloud-off"} size={24} />}
      {known && !online && <span class="word">{say({ key: "frame.offline" })}</span>}
      <span
        data-testid="outbox-count"
        data-count={waiting}
        class={waiting === 0 ? "visually-hidden" : "count"}
        aria-label={say({ key: "frame.waiting", with: { n: waiting } })}
      >
        {waiting}
      </span>
    </div>
  );
}

function Battery(): JSX.Element | null {
  const { say } = useParts();
  const percent = useBattery();
  // Only when it matters: the place belongs to the network.
  if (percent === null || percent > 20) return null;
  return <span class="battery">{say({ key: "frame.battery", with: { percent } })}</span>;
}

interface Body {
  readonly name: string;
  readonly children: ComponentChildren;
  readonly buttons?: ComponentChildren;
}

/** One screen: one thing huge in the middle, at most two buttons below. */
export function Screen({ name, children, buttons }: Body): JSX.Element {
  return (
    <>
      <main class={`screen ${name}`} data-testid={`screen-${name}`}>
        {children}
      </main>
      {buttons !== undefined && <footer class="buttons">{buttons}</footer>}
    </>
  );
}

/** Text as large as the width allows: `size` is the largest, in px. */
export function Huge(props: { text: string; size?: number; testid?: string }): JSX.Element {
  const { text, size = 80, testid } = props;
  return (
    <p
      class="huge"
      data-testid={testid}
      style={{ "--letters": Math.max(text.length, 3), "--largest": `${size}px` }}
    >
      {text}
    </p>
  );
}
