/** Which question stands on the screen. */
import type { JSX } from "preact";

import type { Dialog, State } from "../state";
import { HandBack, Menu, Pause, SignOut, SoundCheck } from "./menu";
import { Choose, Jump, Type, Undo } from "./questions";
import { ShortCount, ShortWhy } from "./short";

export function DialogSheet({ state, dialog }: { state: State; dialog: Dialog }): JSX.Element | null {
  switch (dialog.kind) {
    case "menu":
      return <Menu state={state} />;
    case "sound":
      return <SoundCheck />;
    case "type":
      return <Type what={dialog.what} />;
    case "short-count":
      return <ShortCount state={state} />;
    case "short-reason":
      return <ShortWhy count={dialog.count} />;
    case "jump":
      return <Jump state={state} stop={dialog.stop} />;
    case "choose":
      return <Choose matches={dialog.matches} />;
    case "undo":
      return <Undo state={state} />;
    case "hand-back":
      return <HandBack state={state} />;
    case "sign-out":
      return <SignOut state={state} />;
    case "pause":
      return <Pause />;
  }
}
