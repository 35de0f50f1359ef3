/** The handheld page: the frame, the answer, the screen of the step, questions above it. */
import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";

import logo from "../../shared/logo.svg";
import type { Event } from "../session/session";
import { stageOf, type Stage } from "../stage";
import type { State } from "../state";
import { speak } from "../text/languages";
import type { Say } from "../text/sentence";
import { Bar } from "./bar";
import { Tap } from "./button";
import { PartsContext } from "./context";
import { DialogSheet } from "./dialogs";
import { Done, Drop } from "./end";
import { Header, Screen } from "./frame";
import { Home } from "./home";
import { GoTo, Load, Put, Take } from "./list";
import { NoticeSheet } from "./notice";
import { OverSheet } from "./questions";
import { SignIn } from "./signin";

/** What runs behind the page. */
export interface Backstage {
  readonly state: State;
  /** What a person is typing on a keyboard. */
  readonly typed: string;
  subscribe(listener: () => void): () => void;
  dispatch(event: Event): void;
}

export function App({ backstage }: { backstage: Backstage }): JSX.Element {
  const [, redraw] = useState(0);
  useEffect(() => backstage.subscribe(() => {
    redraw((count) => count + 1);
  }), [backstage]);
  const { state, typed } = backstage;
  const { language } = state;
  const parts = useMemo(
    () => ({
      say: speak(language),
      dispatch: (event: Event) => {
        backstage.dispatch(event);
      },
    }),
    [backstage, language],
  );
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  return (
    <PartsContext.Provider value={parts}>
      <div class="page">{state.elsewhere ? <Elsewhere /> : <Page state={state} typed={typed} />}</div>
    </PartsContext.Provider>
  );
}

function Page({ state, typed }: { state: State; typed: string }): JSX.Element {
  const stage = stageOf(state);
  const { dialog, notices } = state;
  const [notice] = notices;
  const secret = stage.at === "signin" && stage.badge !== null;
  return (
    <>
      <Header state={state} stage={stage} />
      <Bar
        answer={state.bar}
        hint={hintOf(stage, state)}
        typed={secret ? "•".repeat(typed.length) : typed}
      />
      <StepScreen state={state} stage={stage} />
      {state.cursor.over > 0 && dialog === null && <OverSheet state={state} />}
      {dialog !== null && <DialogSheet state={state} dialog={dialog} />}
      {notice !== undefined && dialog === null && <NoticeSheet notice={notice} />}
    </>
  );
}

function StepScreen({ state, stage }: { state: State; stage: Stage }): JSX.Element {
  switch (stage.at) {
    case "signin":
      return <SignIn state={state} />;
    case "home":
      return <Home state={state} />;
    case "load":
      return <Load stage={stage} />;
    case "goto":
      return <GoTo stage={stage} />;
    case "take":
      return <Take stage={stage} />;
    case "put":
      return <Put stage={stage} />;
    case "drop":
      return <Drop stage={stage} />;
    case "done":
      return <Done state={state} />;
  }
}

/** What to do at this step, in three words. */
function hintOf(stage: Stage, state: State): Say | null {
  const { dialog, bar } = state;
  if (dialog !== null || state.cursor.over > 0) return bar === null ? { key: "hint.choose" } : null;
  switch (stage.at) {
    case "signin":
      return { key: stage.badge === null ? "need.badge" : "need.pin" };
    case "home":
      return { key: (state.waiting?.lists ?? 0) > 0 ? "hint.home" : "hint.wait" };
    case "take":
      return { key: stage.task.verify.item === "each" ? "hint.take" : "hint.take-once" };
    case "drop":
      return { key: stage.slots.length > 0 ? "hint.drop" : "hint.drop-nothing" };
    default:
      return { key: `hint.${stage.at}` };
  }
}

function Elsewhere(): JSX.Element {
  const say = speak(document.documentElement.lang === "es" ? "es" : "en");
  return (
    <Screen
      name="elsewhere"
      buttons={<Tap word="close" look="main" text={{ key: "button.use-here" }} />}
    >
      <img class="logo" src={logo} alt="Wavepick" width="112" height="112" />
      <h1 class="title">{say({ key: "elsewhere.title" })}</h1>
      <p class="lead">{say({ key: "elsewhere.why" })}</p>
    </Screen>
  );
}
