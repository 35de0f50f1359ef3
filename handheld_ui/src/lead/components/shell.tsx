/** The frame around every view: where one can go, and whether what one sees is live. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";

import logo from "../../shared/logo.svg";
import { useConnection, useConsole } from "../state/console";
import { useResource } from "../state/resource";
import { formatRoute, type Route } from "../state/router";
import { Icon, type IconName } from "./icon";
import { LanguageSwitch } from "./language_switch";

const PLACES: [
  route: Route,
  icon: IconName,
  word: "nav.orders" | "nav.waves" | "nav.board" | "nav.map" | "nav.devices",
  views: string[],
][] = [
  [{ view: "orders" }, "orders", "nav.orders", ["orders"]],
  [{ view: "waves" }, "waves", "nav.waves", ["waves", "builder", "wave"]],
  [{ view: "board" }, "board", "nav.board", ["board"]],
  [{ view: "map", list: null }, "map", "nav.map", ["map"]],
  [{ view: "devices" }, "device", "nav.devices", ["devices"]],
];

export function Shell({
  route,
  said,
  children,
}: {
  route: Route;
  said: string;
  children: ComponentChildren;
}) {
  const { t, person, language, setLanguage, signOut } = useConsole();
  const place = PLACES.find(([, , , views]) => views.includes(route.view))?.[2];
  useEffect(() => {
    document.title = place ? `${t(place)} · Wavepick` : "Wavepick";
  }, [place, t]);
  return (
    <div class="shell">
      <a
        class="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault();
          document.getElementById("main")?.focus();
        }}
      >
        {t("nav.skip")}
      </a>
      <aside class="rail">
        <div class="brand">
          <img src={logo} alt="" width={28} height={28} />
          Wavepick
        </div>
        <nav aria-label={t("nav.label")}>
          {PLACES.map(([place, icon, word, views]) => (
            <a
              key={word}
              href={formatRoute(place)}
              aria-current={views.includes(route.view) ? "page" : undefined}
              data-testid={word.replace(".", "-")}
            >
              <Icon name={icon} size={18} />
              <span>{t(word)}</span>
            </a>
          ))}
        </nav>
        <div class="rail-foot">
          <ConnectionSign />
          <Workers />
          <LanguageSwitch language={language} onLanguage={setLanguage} />
          <div class="me">
            <Icon name="user" size={18} />
            <span class="clip">{person.name}</span>
            <button type="button" onClick={signOut} data-testid="sign-out">
              {t("signIn.out")}
            </button>
          </div>
        </div>
      </aside>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <Said text={said} />
    </div>
  );
}

/** The outcome of the last command. A popover, so that it stands above an open dialog. */
function Said({ text }: { text: string }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.hidePopover();
    if (text !== "") box.current?.showPopover();
  }, [text]);
  return (
    <div
      ref={box}
      class="said"
      popover="manual"
      role="status"
      aria-live="polite"
      data-testid="said"
    >
      <Icon name="info" />
      {text}
    </div>
  );
}

/** Live, connecting or offline: as a shape and a word, with what it means. */
function ConnectionSign() {
  const { t } = useConsole();
  const state = useConnection();
  const words = {
    live: "connection.live",
    connecting: "connection.connecting",
    offline: "connection.offline",
  } as const;
  const hints = {
    live: "connection.live.hint",
    connecting: "connection.connecting.hint",
    offline: "connection.offline.hint",
  } as const;
  return (
    <div
      class={`connection connection-${state}`}
      role="status"
      title={t(hints[state])}
      data-testid="connection"
      data-state={state}
    >
      <Icon name={state === "live" ? "dot" : state === "connecting" ? "ring" : "alert"} />
      <span>{t(words[state])}</span>
    </div>
  );
}

function Workers() {
  const { api, t } = useConsole();
  const board = useResource("workers", async () => (await api.board()).workers, [], {
    everyMs: 15_000,
  });
  if (board.data === null) return null;
  const alive = board.data.alive;
  return (
    <div class={alive > 0 ? "connection" : "connection connection-offline"} data-testid="workers">
      <Icon name={alive > 0 ? "check" : "alert"} />
      <span>{alive > 0 ? t("workers.alive", { n: alive }) : t("workers.none")}</span>
    </div>
  );
}
