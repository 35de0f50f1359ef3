/** The answer to the last scan, full width: colour, shape, word and sentence. */
import type { JSX } from "preact";

import type { Bar as Answer } from "../state";
import type { Say } from "../text/sentence";
import { withWholeCodes } from "./codes";
import { useParts } from "./context";
import { Icon } from "./icons";

interface Props {
  readonly answer: Answer | null;
  readonly hint: Say | null;
  /** What a person is typing on a keyboard, echoed. */
  readonly typed: string;
}

export function Bar({ answer, hint, typed }: Props): JSX.Element {
  const { say } = useParts();
  const signal = answer?.signal ?? "todo";
  const word = answer?.again === true ? "again" : signal;
  const text = answer?.says.map(say).join(" ") ?? "";
  const blocking = ["wrong", "unknown", "extra"].includes(signal);
  const below = typed === "" ? hint : ({ key: "hint.typing", with: { text: typed } } as const);
  return (
    <section
      class={`bar ${signal}`}
      data-testid="verdict"
      data-signal={signal}
      data-word={word}
      role="status"
      aria-live="assertive"
    >
      <span class="mark">
        <Icon name={word} size={30} />
      </span>
      <div>
        {answer !== null && <strong>{say({ key: `word.${word}` })}</strong>}
        {text !== "" && <p data-testid="verdict-text">{withWholeCodes(text)}</p>}
        {below !== null && !(blocking && typed === "") && (
          <p class={answer === null ? "hint lone" : "hint"} data-testid="hint">
            {say(below)}
          </p>
        )}
      </div>
    </section>
  );
}
