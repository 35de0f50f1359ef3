/** The console: session, language, connection, and the view of the address. */

import { useCallback, useEffect, useMemo, useState } from "preact/hooks";

import { createClient } from "./api/client";
import { createConsoleApi, type ConsoleApi } from "./api/console";
import { isLanguage, leadText, type Language } from "./catalogue/text";
import { Shell } from "./components/shell";
import { createFormats } from "./format/formats";
import { ConsoleContext, type Console } from "./state/console";
import { createFeed, leadSocket, type Feed } from "./state/feed";
import { useRoute, type Route } from "./state/router";
import { NOTHING, type Selection } from "./state/selection";
import { forgetSession, storedSession, storeSession, type Session } from "./state/session";
import { BoardView } from "./views/board";
import { BuilderView } from "./views/builder";
import { DevicesView } from "./views/devices";
import { MapView } from "./views/map";
import { OrdersView } from "./views/orders";
import { SignIn } from "./views/sign_in";
import { WaveView } from "./views/wave";
import { WavesView } from "./views/waves";

const LANGUAGE_KEY = "wavepick-lead-language";

export function App() {
  const [session, setSession] = useState<Session | null>(storedSession);
  const [ended, setEnded] = useState(false);
  const [language, setLanguage] = useLanguage();
  const t = useMemo(() => leadText(language), [language]);
  const end = useCallback(() => {
    forgetSession();
    setSession(null);
    setEnded(true);
  }, []);
  const api = useMemo(
    () => createConsoleApi(createClient({ token: () => session?.token ?? null, onSignedOut: end })),
    [session, end],
  );
  const feed = useFeed(session);
  const signOut = useCallback(() => {
    // The token dies here in any case; telling the server is best done but may fail offline.
    void api
      .signOut()
      .catch(() => undefined)
      .finally(() => {
        forgetSession();
        setSession(null);
        setEnded(false);
      });
  }, [api]);

  if (session === null || feed === null) {
    return (
      <SignIn
        api={api}
        t={t}
        language={language}
        onLanguage={setLanguage}
        ended={ended}
        onSignedIn={(opened) => {
          setSession(storeSession(opened));
          setEnded(false);
          if (localStorage.getItem(LANGUAGE_KEY) === null && isLanguage(opened.person.language))
            setLanguage(opened.person.language);
        }}
      />
    );
  }
  return <SignedIn {...{ api, feed, session, t, language, setLanguage, signOut }} />;
}

function SignedIn({
  api,
  feed,
  session,
  t,
  language,
  setLanguage,
  signOut,
}: {
  api: ConsoleApi;
  feed: Feed;
  session: Session;
  t: Console["t"];
  language: Language;
  setLanguage: (language: Language) => void;
  signOut: () => void;
}) {
  const route = useRoute();
  const [selection, setSelection] = useState<Selection>(NOTHING);
  const [said, announce] = useSaid();
  const console = useMemo<Console>(
    () => ({
      api,
      feed,
      person: session.person,
      t,
      language,
      setLanguage,
      formats: createFormats(localeOf(language)),
      announce,
      signOut,
    }),
    [api, feed, session, t, language, setLanguage, announce, signOut],
  );
  return (
    <ConsoleContext.Provider value={console}>
      <Shell route={route} said={said}>
        <View route={route} selection={selection} onSelect={setSelection} />
      </Shell>
    </ConsoleContext.Provider>
  );
}

function View({
  route,
  selection,
  onSelect,
}: {
  route: Route;
  selection: Selection;
  onSelect: (selection: Selection) => void;
}) {
  switch (route.view) {
    case "orders":
      return <OrdersView selection={selection} onSelect={onSelect} />;
    case "waves":
      return <WavesView />;
    case "builder":
      return <BuilderView selection={selection} onSelect={onSelect} />;
    case "wave":
      return <WaveView key={route.id} id={route.id} tab={route.tab} />;
    case "board":
      return <BoardView />;
    case "devices":
      return <DevicesView />;
    case "map":
      return <MapView list={route.list} />;
  }
}

/** The lead's own region where it speaks the language: day and month in the order used there. */
function localeOf(language: Language): string {
  return navigator.languages.find((locale) => locale.startsWith(`${language}-`)) ?? language;
}

function useFeed(session: Session | null): Feed | null {
  const [feed, setFeed] = useState<Feed | null>(null);
  useEffect(() => {
    if (session === null) return undefined;
    const opened = createFeed(leadSocket(() => session.token));
    setFeed(opened);
    return () => {
      opened.close();
      setFeed(null);
    };
  }, [session]);
  return feed;
}

/** The language chosen on this computer, else the browser's, else English. */
function useLanguage(): [Language, (language: Language) => void] {
  const [language, set] = useState<Language>(() => {
    const stored = localStorage.getItem(LANGUAGE_KEY);
    const wish = stored ?? navigator.language.slice(0, 2);
    return isLanguage(wish) ? wish : "en";
  });
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const choose = useCallback((next: Language) => {
    localStorage.setItem(LANGUAGE_KEY, next);
    set(next);
  }, []);
  return [language, choose];
}

const SAID_MS = 6_000;

/** The outcome of the last command; leaves by itself. */
function useSaid(): [string, (text: string) => void] {
  const [said, setSaid] = useState({ text: "", count: 0 });
  useEffect(() => {
    if (said.text === "") return undefined;
    const timer = setTimeout(() => {
      setSaid({ text: "", count: 0 });
    }, SAID_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [said]);
  const announce = useCallback((text: string) => {
    setSaid((old) => ({ text, count: old.count + 1 }));
  }, []);
  return [said.text, announce];
}
