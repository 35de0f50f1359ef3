/** Beside the lists: open questions for the lead, and who is connected. */

import type { BoardList, BoardPicker, ExceptionCard } from "../api/types";
import { label, type LeadText } from "../catalogue/text";
import { useCommand, useConsole } from "../state/console";
import { Empty, Panel, Problem, Tag } from "./basics";
import { Icon } from "./icon";

export function Exceptions({
  cards,
  onClosed,
}: {
  cards: readonly ExceptionCard[];
  onClosed: () => void;
}) {
  const { t } = useConsole();
  return (
    <Panel
      title={t("exceptions.title")}
      side={<span class="count">{cards.length}</span>}
      flush
      testid="exceptions"
    >
      {cards.length === 0 ? (
        <Empty title={t("exceptions.none")} />
      ) : (
        <ul class="cards">
          {cards
            .toSorted((a, b) => b.at.localeCompare(a.at))
            .map((card) => (
              <Card key={card.id} card={card} onClosed={onClosed} />
            ))}
        </ul>
      )}
    </Panel>
  );
}

function Card({ card, onClosed }: { card: ExceptionCard; onClosed: () => void }) {
  const { api, t, formats, announce } = useConsole();
  const { busy, error, run } = useCommand();
  const close = (): void => {
    void run(async () => {
      await api.closeException(card.id);
      announce(t("exceptions.closed"));
      onClosed();
    });
  };
  const where = [
    card.location,
    card.sku,
    card.quantity > 0 ? t("exceptions.units", { n: card.quantity }) : null,
  ].filter(Boolean);
  const whose = [
    card.list_number === null ? null : t("exceptions.list", { number: String(card.list_number) }),
    card.order_number === null
      ? null
      : t("exceptions.order", { number: String(card.order_number) }),
  ].filter(Boolean);
  const words = detailWords(card.detail, t);
  return (
    <li class="card" data-testid={`exception-${card.kind}`}>
      <header>
        <Icon name="alert" />
        <strong>{label(t, "exception", card.kind)}</strong>
        <time dateTime={card.at}>{formats.moment(card.at, new Date())}</time>
      </header>
      {where.length > 0 && <div class="code">{where.join(" · ")}</div>}
      {words.length > 0 && <div class="quiet">{words.join(" · ")}</div>}
      <footer>
        <span class="quiet">{whose.join(" · ")}</span>
        <button
          type="button"
          class="button button-small"
          disabled={busy}
          onClick={close}
          data-testid="exception-close"
        >
          <Icon name="check" />
          {t("exceptions.close")}
        </button>
      </footer>
      <Problem error={error} />
    </li>
  );
}

const ROW_ID = /^[0-9a-f]{32}$/;
/** Details whose values are words of a closed list. */
const WORDS: Readonly<Record<string, string>> = { code: "code", op_kind: "op", reason: "reason" };

/** The words of a card's detail: plain values only, as `name: value`. */
export function detailWords(detail: unknown, t: LeadText): string[] {
  if (typeof detail === "string") return detail === "" ? [] : [detail];
  if (typeof detail !== "object" || detail === null) return [];
  return Object.entries(detail).flatMap(([name, value]) => {
    if (typeof value !== "string" && typeof value !== "number") return [];
    if (ROW_ID.test(String(value))) return []; // means nothing to a person
    return [`${label(t, "detail", name)}: ${label(t, WORDS[name] ?? "", String(value))}`];
  });
}

export function Pickers({
  pickers,
  lists,
}: {
  pickers: readonly BoardPicker[];
  lists: readonly BoardList[];
}) {
  const { t } = useConsole();
  const connected = pickers.filter((picker) => picker.connected).length;
  return (
    <Panel
      title={t("pickers.title")}
      side={<span class="count">{connected}</span>}
      flush
      testid="pickers"
    >
      {pickers.length === 0 ? (
        <Empty title={t("pickers.none")} />
      ) : (
        <ul class="people">
          {pickers
            .toSorted(
              (a, b) => Number(b.connected) - Number(a.connected) || a.name.localeCompare(b.name),
            )
            .map((picker) => (
              <li key={picker.id} data-testid={`picker-${picker.name}`}>
                <span class="strong">{picker.name}</span>
                <span class="quiet">
                  {listWords(picker, lists, t("pickers.free"), (number) =>
                    t("exceptions.list", { number }),
                  )}
                </span>
                {picker.connected ? (
                  <Tag tone="ok" icon="dot">
                    {t("pickers.connected")}
                  </Tag>
                ) : (
                  <Tag icon="ring">{t("pickers.away")}</Tag>
                )}
              </li>
            ))}
        </ul>
      )}
    </Panel>
  );
}

function listWords(
  picker: BoardPicker,
  lists: readonly BoardList[],
  free: string,
  named: (number: string) => string,
): string {
  if (picker.list_number === null) return free;
  const list = lists.find((entry) => entry.number === picker.list_number);
  const name = named(String(picker.list_number));
  return list ? `${name} · ${list.stops_done}/${list.stops_total}` : name;
}
