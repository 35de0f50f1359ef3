/** Questions and notices above the screen. */
import type { ComponentChildren, JSX } from "preact";

import { PATTERNS, type Signal } from "../../shared/feedback";
import type { ShortReason } from "../../shared/protocol";
import { shortBounds } from "../judge_dialogs";
import { lastUndoable } from "../session/undo";
import { stageOf, viewOfState } from "../stage";
import { unsent, type Dialog, type Notice, type State } from "../state";
import type { Say } from "../text/sentence";
import { open } from "../view";
import { Button, Tap } from "./button";
import { withWholeCodes } from "./codes";
import { useParts } from "./context";
import { Icon } from "./icons";
import { Keypad } from "./keypad";

interface SheetProps {
  readonly name: string;
  readonly title?: string;
  readonly children?: ComponentChildren;
  readonly buttons?: ComponentChildren;
}

function Sheet({ name, title, children, buttons }: SheetProps): JSX.Element {
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

const YES_NO = (
  <>
    <Tap word="no" text={{ key: "button.no" }} />
    <Tap word="yes" look="main" text={{ key: "button.yes" }} />
  </>
);
const CLOSE = <Tap word="close" text={{ key: "button.close" }} />;

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

function Menu({ state }: { state: State }): JSX.Element {
  const inList = viewOfState(state)?.closed === null;
  return (
    <Sheet name="menu" buttons={CLOSE}>
      <div class="stack">
        {inList && <Tap word="undo" text={{ key: "button.undo" }} />}
        {inList && <Tap word="help" text={{ key: "button.help" }} />}
        <Tap word="pause" text={{ key: "button.pause" }} />
        {inList && <Tap word="hand-back" text={{ key: "button.hand-back" }} />}
        <Tap word="sign-out" text={{ key: "button.sign-out" }} />
      </div>
    </Sheet>
  );
}

const TAUGHT = ["ok", "line", "wrong", "news"] as const satisfies readonly Signal[];

/** H1: the main signals with their names, so that the first `wrong` is no riddle. */
function SoundCheck(): JSX.Element {
  const { say } = useParts();
  return (
    <Sheet
      name="sound"
      title={say({ key: "signin.sound" })}
      buttons={
        <>
          <Tap word="louder" text={{ key: "button.louder" }} />
          <Tap word="yes" look="main" text={{ key: "button.yes" }} />
        </>
      }
    >
      <ul class="signals">
        {TAUGHT.map((signal) => (
          <li key={signal} class={`bar ${signal}`}>
            <span class="mark">
              <Icon name={signal} />
            </span>
            <strong>{say({ key: `word.${signal}` })}</strong>
            <span class="rhythm" aria-hidden="true">
              {PATTERNS[signal].tones.map(({ ms }, index) => (
                <i key={index} class={ms > 150 ? "long" : "short"} />
              ))}
            </span>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

function Type({ what }: { what: "badge" | "pin" | "digits" | "code" }): JSX.Element {
  const { dispatch } = useParts();
  return (
    <Sheet name="type" buttons={CLOSE}>
      <Keypad
        prefix={what === "badge" ? "B-" : ""}
        secret={what === "pin"}
        letters={what === "code" || what === "digits"}
        onDone={(code) => {
          dispatch({ type: "scan", code, at: performance.now() });
        }}
      />
    </Sheet>
  );
}

/** Up to this many, each number has a key of its own. */
const MOST_KEYS = 12;

function ShortCount({ state }: { state: State }): JSX.Element | null {
  const { say, dispatch } = useParts();
  const stage = stageOf(state);
  const bounds = shortBounds(stage);
  if (bounds === null || (stage.at !== "take" && stage.at !== "put")) return null;
  const [least, most] = bounds;
  const { task, stop } = stage;
  const give = (count: number): void => {
    dispatch({ type: "count", count });
  };
  const wanted = { qty: open(task), location: stop.location };
  return (
    <Sheet
      name="short-count"
      title={say({ key: "short.count" })}
      buttons={<Tap word="no" text={{ key: "button.close" }} />}
    >
      <p class="lead">{say({ key: "short.wanted", with: wanted })}</p>
      {least > 0 && <p class="quiet">{say({ key: "short.in-hand", with: { n: least } })}</p>}
      {most < MOST_KEYS ? (
        <div class="numbers">
          {Array.from({ length: most - least + 1 }, (_nothing, index) => least + index).map((n) => (
            <Button
              key={n}
              testid={`count-${n}`}
              look="plain"
              onTap={() => {
                give(n);
              }}
            >
              {n}
            </Button>
          ))}
        </div>
      ) : (
        <Keypad
          longest={4}
          onDone={(typed) => {
            give(Number(typed));
          }}
        />
      )}
    </Sheet>
  );
}

const WHY: readonly ShortReason[] = ["none", "fewer", "cannot-find", "behind"];

function ShortWhy({ count }: { count: number }): JSX.Element {
  const { say, dispatch } = useParts();
  // "None" and "fewer" each fit one kind of count.
  const fitting = WHY.filter((reason) => reason !== (count === 0 ? "fewer" : "none"));
  return (
    <Sheet
      name="short-reason"
      title={say({ key: "short.reason" })}
      buttons={<Tap word="no" text={{ key: "button.close" }} />}
    >
      <div class="stack">
        {fitting.map((reason) => (
          <Button
            key={reason}
            testid={`reason-${reason}`}
            look="plain"
            onTap={() => {
              dispatch({ type: "reason", reason, at: performance.now() });
            }}
          >
            {say({ key: `short.${reason}` })}
          </Button>
        ))}
      </div>
    </Sheet>
  );
}

function Jump({ state, stop }: { state: State; stop: string }): JSX.Element {
  const { say } = useParts();
  const there = state.snapshot?.stops.find(({ id }) => id === stop);
  const location = there?.location ?? "–";
  const n = Math.round((there?.distance_mm ?? 0) / 1000);
  return (
    <Sheet name="jump" title={say({ key: "jump.title", with: { location } })} buttons={YES_NO}>
      <p class="lead">{say({ key: "jump.metres", with: { n } })}</p>
    </Sheet>
  );
}

function Choose({ matches }: { matches: Extract<Dialog, { kind: "choose" }>["matches"] }): JSX.Element {
  const { say, dispatch } = useParts();
  return (
    <Sheet
      name="choose"
      title={say({ key: "choose.title" })}
      buttons={<Tap word="no" text={{ key: "button.close" }} />}
    >
      <div class="stack">
        {matches.map((match, index) => (
          <Button
            key={`${match.sku} ${match.units}`}
            testid={`choose-${index}`}
            look="plain"
            onTap={() => {
              dispatch({ type: "choose", match, at: performance.now() });
            }}
          >
            {match.name}
            {match.units > 1 && ` (${say({ key: "choose.pack", with: { units: match.units } })})`}
          </Button>
        ))}
      </div>
    </Sheet>
  );
}

function Undo({ state }: { state: State }): JSX.Element {
  const { say } = useParts();
  const last = lastUndoable(state);
  const task = state.snapshot?.tasks.find(({ id }) => id === last?.task);
  const label = state.snapshot?.cart.slots.find(({ slot }) => slot === task?.tote_slot)?.label;
  const what = { qty: last?.qty ?? 0, name: task?.name ?? "–" };
  const question: Say =
    last?.kind === "short"
      ? { key: "undo.short", with: what }
      : { key: "undo.pick", with: { ...what, slot: label ?? "–" } };
  return <Sheet name="undo" title={say(question)} buttons={YES_NO} />;
}

function HandBack({ state }: { state: State }): JSX.Element {
  const { say } = useParts();
  const left = viewOfState(state)?.tasks.filter((task) => open(task) > 0).length ?? 0;
  return (
    <Sheet name="hand-back" title={say({ key: "hand-back.title" })} buttons={YES_NO}>
      <p class="lead">{say({ key: "hand-back.what", with: { n: left } })}</p>
    </Sheet>
  );
}

function SignOut({ state }: { state: State }): JSX.Element {
  const { say } = useParts();
  const waiting = unsent(state);
  const view = viewOfState(state);
  return (
    <Sheet name="sign-out" title={say({ key: "sign-out.title" })} buttons={YES_NO}>
      {waiting > 0 && <p class="lead">{say({ key: "sign-out.unsent", with: { n: waiting } })}</p>}
      {view?.closed === null && (
        <p class="lead">
          {say({ key: "sign-out.list", with: { number: view.snapshot.number } })}
        </p>
      )}
    </Sheet>
  );
}

function Pause(): JSX.Element {
  const { say } = useParts();
  return (
    <Sheet
      name="pause"
      title={say({ key: "pause.title" })}
      buttons={<Tap word="start" look="main" text={{ key: "button.continue" }} />}
    >
      <p class="lead">{say({ key: "pause.safe" })}</p>
    </Sheet>
  );
}

/** X9: nothing goes on before the surplus is back. */
export function OverSheet({ state }: { state: State }): JSX.Element | null {
  const { say, dispatch } = useParts();
  const stage = stageOf(state);
  if (stage.at !== "take" && stage.at !== "put") return null;
  const { over, taken } = state.cursor;
  const { location } = stage.stop;
  return (
    <Sheet
      name="over"
      title={say({ key: "over.title", with: { qty: taken, n: over } })}
      buttons={
        <Button
          testid="button-type-digits"
          onTap={() => {
            dispatch({ type: "type", what: "digits" });
          }}
        >
          {say({ key: "button.type" })}
        </Button>
      }
    >
      <p class="lead">{withWholeCodes(say({ key: "over.confirm", with: { location } }))}</p>
    </Sheet>
  );
}

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
