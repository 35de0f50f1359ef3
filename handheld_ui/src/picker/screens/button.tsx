/** A big button. It never takes focus, so the trigger of a scanner cannot press it. */
import type { ComponentChildren, JSX } from "preact";

import type { Button as Word } from "../session/session";
import type { Say } from "../text/sentence";
import { useParts } from "./context";

interface Props {
  readonly testid: string;
  readonly onTap: () => void;
  readonly look?: "main" | "second" | "plain" | "danger";
  readonly label?: string;
  readonly disabled?: boolean;
  readonly children: ComponentChildren;
}

export function Button(props: Props): JSX.Element {
  const { testid, onTap, look = "second", label, disabled = false, children } = props;
  return (
    <button
      type="button"
      class={`button ${look}`}
      data-testid={testid}
      aria-label={label}
      disabled={disabled}
      tabIndex={-1}
      onMouseDown={(event) => {
        event.preventDefault();
      }}
      onClick={onTap}
    >
      {children}
    </button>
  );
}

/** A button that is also a command card. */
export function Tap(props: { word: Word; text: Say; look?: Props["look"] }): JSX.Element {
  const { say, dispatch } = useParts();
  const { word, text, look = "second" } = props;
  return (
    <Button
      testid={`button-${word}`}
      look={look}
      onTap={() => {
        dispatch({ type: "tap", button: word, at: performance.now() });
      }}
    >
      {say(text)}
    </Button>
  );
}
