/** A sheet above the screen: a question with its answers, or news. */
import type { ComponentChildren, JSX } from "preact";

import { Tap } from "./button";
import { withWholeCodes } from "./codes";

interface SheetProps {
  readonly name: string;
  readonly title?: string;
  readonly children?: ComponentChildren;
  readonly buttons?: ComponentChildren;
}

export function Sheet({ name, title, children, buttons }: SheetProps): JSX.Element {
  return (
    <div class="veil">
      <section class={`sheet ${name}`} role="dialog" aria-modal="true" data-testid={`dialog-${name}`}>
        {title !== undefined && <h2>{withWholeCodes(title)}</h2>}
        <div class="inner">{children}</div>
        {buttons !== undefined && <div class="buttons">{buttons}</div>}
      </section>
    </div>
  );
}

export const YES_NO = (
  <>
    <Tap word="no" text={{ key: "button.no" }} />
    <Tap word="yes" look="main" text={{ key: "button.yes" }} />
  </>
);
export const CLOSE = <Tap word="close" text={{ key: "button.close" }} />;
