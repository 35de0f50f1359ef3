/** Big keys for what cannot be scanned. No text field: the soft keyboard stays away. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";

import { Button } from "./button";
import { useParts } from "./context";

interface Props {
  readonly onDone: (typed: string) => void;
  /** Shown as dots. */
  readonly secret?: boolean;
  readonly letters?: boolean;
  readonly prefix?: string;
  readonly longest?: number;
}

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
const LETTERS = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ-");

export function Keypad(props: Props): JSX.Element {
  const { onDone, secret = false, letters = false, prefix = "", longest = 24 } = props;
  const { say } = useParts();
  const [typed, setTyped] = useState("");
  const [inLetters, setInLetters] = useState(false);
  const add = (key: string): void => {
    setTyped((before) => (before + key).slice(0, longest));
  };
  const key = (word: string): JSX.Element => (
    <Button
      key={word}
      testid={`key-${word}`}
      look="plain"
      onTap={() => {
        add(word);
      }}
    >
      {word}
    </Button>
  );
  return (
    <div class="keypad" data-testid="keypad">
      <div class="entry">
        <output class="typed" data-testid="typed">
          {prefix}
          {secret ? "•".repeat(typed.length) : typed}
        </output>
        {letters && (
          <Button
            testid="key-layer"
            onTap={() => {
              setInLetters(!inLetters);
            }}
          >
            {say({ key: inLetters ? "button.digits" : "button.letters" })}
          </Button>
        )}
      </div>
      <div class={inLetters ? "keys letters" : "keys"}>
        {(inLetters ? LETTERS : DIGITS).map(key)}
        <Button
          testid="key-delete"
          look="plain"
          label={say({ key: "button.delete" })}
          onTap={() => {
            setTyped((before) => before.slice(0, -1));
          }}
        >
          ⌫
        </Button>
        {!inLetters && key("0")}
        <Button
          testid="key-ok"
          look="main"
          disabled={typed === ""}
          onTap={() => {
            onDone(prefix + typed);
            setTyped("");
          }}
        >
          {say({ key: "button.ok" })}
        </Button>
      </div>
    </div>
  );
}
