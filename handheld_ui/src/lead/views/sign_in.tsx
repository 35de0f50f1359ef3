/** Badge and PIN. The PIN is sent once and kept nowhere. */

import { useState } from "preact/hooks";

import logo from "../../shared/logo.svg";
import type { ConsoleApi } from "../api/console";
import { ApiProblem, sentence } from "../api/problem";
import type { SessionOpened } from "../api/types";
import type { Language, LeadText } from "../catalogue/text";
import { Icon } from "../components/icon";
import { LanguageSwitch } from "../components/language_switch";
import { useCommand } from "../state/console";

export function SignIn({
  api,
  t,
  language,
  onLanguage,
  onSignedIn,
  ended,
}: {
  api: ConsoleApi;
  t: LeadText;
  language: Language;
  onLanguage: (language: Language) => void;
  onSignedIn: (opened: SessionOpened) => void;
  /** The session ended by itself: say so. */
  ended: boolean;
}) {
  const [badge, setBadge] = useState("");
  const [pin, setPin] = useState("");
  const { busy, error, run } = useCommand();
  const submit = (): void => {
    void run(async () => {
      try {
        const opened = await api.signIn(badge.trim(), pin);
        if (opened.person.role === "picker") throw new PickerOnly();
        onSignedIn(opened);
      } finally {
        setPin("");
      }
    });
  };
  return (
    <main class="sign-in">
      <form
        class="sign-in-card"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <header>
          <img src={logo} alt="" width={44} height={44} />
          <div>
            <h1>Wavepick</h1>
            <p>{t("signIn.title")}</p>
          </div>
        </header>
        {ended && error === null && (
          <p class="sign-in-note" role="status">
            <Icon name="info" />
            {t("signIn.ended")}
          </p>
        )}
        <label class="field">
          <span>{t("signIn.badge")}</span>
          <input
            name="badge"
            value={badge}
            autocomplete="username"
            autocapitalize="characters"
            spellcheck={false}
            required
            autofocus
            onInput={(event) => {
              setBadge(event.currentTarget.value);
            }}
            data-testid="badge"
          />
        </label>
        <label class="field">
          <span>{t("signIn.pin")}</span>
          <input
            name="pin"
            type="password"
            inputMode="numeric"
            value={pin}
            autocomplete="current-password"
            required
            onInput={(event) => {
              setPin(event.currentTarget.value);
            }}
            data-testid="pin"
          />
        </label>
        {error !== null && (
          <p class="sign-in-error" role="alert" data-testid="sign-in-error">
            <Icon name="alert" />
            {refusal(error, t)}
          </p>
        )}
        <button
          type="submit"
          class="button button-primary button-big"
          disabled={busy}
          data-testid="sign-in"
        >
          {busy ? t("common.working") : t("signIn.action")}
        </button>
        <LanguageSwitch language={language} onLanguage={onLanguage} />
      </form>
    </main>
  );
}

class PickerOnly extends Error {}

function refusal(error: unknown, t: LeadText): string {
  if (error instanceof PickerOnly) return t("signIn.pickerOnly");
  if (error instanceof ApiProblem && error.status === 401) return t("signIn.wrong");
  return sentence(error, t);
}
