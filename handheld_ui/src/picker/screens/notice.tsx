/** News from the server: stays until it is tapped or scanned away. */
import type { JSX } from "preact";

import type { Notice } from "../state";
import { Button } from "./button";
import { withWholeCodes } from "./codes";
import { useParts } from "./context";
import { Icon } from "./icons";

export function NoticeSheet({ notice }: { notice: Notice }): JSX.Element {
  const { say, dispatch } = useParts();
  return (
    <div class="veil">
      <section class="sheet notice" role="alertdialog" aria-modal="true" data-testid="notice">
        <h2>
          <Icon name="news" size={34} /> {say({ key: "word.news" })}
        </h2>
        <div class="inner">
          {notice.says.map((sentence) => (
            <p key={say(sentence)} class="lead">
              {withWholeCodes(say(sentence))}
            </p>
          ))}
        </div>
        <div class="buttons">
          <Button
            testid="notice-ok"
            look="main"
            onTap={() => {
              dispatch({ type: "dismiss" });
            }}
          >
            {say({ key: "button.understood" })}
          </Button>
        </div>
      </section>
    </div>
  );
}
