/** Codes such as A-12-03 in a sentence, not broken at their hyphens. */
import type { JSX } from "preact";

const CODE = /(\w{1,8}(?:-\w{1,8}){1,5})/;

export function withWholeCodes(text: string): (string | JSX.Element)[] {
  return text.split(CODE).map((part, index) =>
    index % 2 === 0 ? part : (
      <span key={index} class="code">
        {part}
      </span>
    ),
  );
}
