/** H1: who works here. */
import type { JSX } from "preact";

import logo from "../../shared/logo.svg";
import type { State } from "../state";
import { LANGUAGES, type Language } from "../text/languages";
import { Button, Tap } from "./button";
import { useParts } from "./context";
import { Screen } from "./frame";
import { Keypad } from "./keypad";

export function SignIn({ state }: { state: State }): JSX.Element {
  const { say, dispatch } = useParts();
  const { badge, signingIn } = state;
  const scan = (code: string): void => {
    dispatch({ type: "scan", code, at: performance.now() });
  };
  if (signingIn) {
    return (
      <Screen name="signin">
        <p class="title busy">{say({ key: "signin.busy" })}</p>
      </Screen>
    );
  }
  if (badge !== null) {
    return (
      <Screen
        name="signin"
        buttons={<Tap word="other-badge" text={{ key: "signin.other" }} />}
      >
        <p class="caption">{say({ key: "signin.who", with: { badge } })}</p>
        <h1 class="title">{say({ key: "signin.pin" })}</h1>
        <Keypad onDone={scan} secret longest={12} />
      </Screen>
    );
  }
  return (
    <Screen
      name="signin"
      buttons={
        <Button
          testid="button-type-badge"
          onTap={() => {
            dispatch({ type: "type", what: "badge" });
          }}
        >
          {say({ key: "signin.type-badge" })}
        </Button>
      }
    >
      <img class="logo" src={logo} alt="Wavepick" width="112" height="112" />
      <h1 class="title">{say({ key: "signin.badge" })}</h1>
      <div class="languages">
        {(Object.keys(LANGUAGES) as Language[]).map((language) => (
          <Button
            key={language}
            testid={`language-${language}`}
            look={language === state.language ? "main" : "second"}
            onTap={() => {
              dispatch({ type: "language", language });
            }}
          >
            <span lang={language}>{LANGUAGES[language]}</span>
          </Button>
        ))}
      </div>
    </Screen>
  );
}
