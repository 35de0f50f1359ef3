/** Pick lists on the floor: who has them, how far they are, and taking one back. */

import { useState } from "preact/hooks";

import type { BoardList } from "../api/types";
import { label } from "../catalogue/text";
import { useConsole } from "../state/console";
import { formatRoute } from "../state/router";
import { Empty, Panel } from "./basics";
import { LastOp } from "./last_op";
import { Meter } from "./progress";
import { Recall } from "./recall";
import { ListStateTag } from "./wave_words";

const OVER = new Set(["closed", "cancelled"]);
const RANK = [
  "paused",
  "picking",
  "loading",
  "dropping",
  "claimed",
  "ready",
  "closed",
  "cancelled",
];

export function BoardLists({
  lists,
  closed,
  onClosed,
  now,
  onOpen,
}: {
  lists: readonly BoardList[];
  closed: boolean;
  onClosed: (closed: boolean) => void;
  /** Server time of the board, milliseconds. */
  now: number;
  onOpen: (list: BoardList) => void;
}) {
  const { t } = useConsole();
  const [recall, setRecall] = useState<BoardList | null>(null);
  const over = lists.filter((list) => OVER.has(list.state)).length;
  const shown = lists
    .filter((list) => closed || !OVER.has(list.state))
    .toSorted((a, b) => RANK.indexOf(a.state) - RANK.indexOf(b.state) || a.number - b.number);
  return (
    <Panel
      title={t("board.lists")}
      side={
        <label class="check">
          <input
            type="checkbox"
            checked={closed}
            onChange={(event) => {
              onClosed(event.currentTarget.checked);
            }}
            data-testid="show-closed"
          />
          <span>{t("board.showClosed", { n: over })}</span>
        </label>
      }
      flush
    >
      {shown.length === 0 ? (
        <Empty title={t("board.noLists")} />
      ) : (
        <div class="table-wrap">
          <table class="table table-board" data-testid="board-lists">
            <thead>
              <tr>
                <th>{t("field.list")}</th>
                <th>{t("field.state")}</th>
                <th>{t("field.picker")}</th>
                <th class="cell-progress">{t("field.stops")}</th>
                <th class="num">{t("field.tasks")}</th>
                <th class="num">{t("field.lastScan")}</th>
                <th class="num wide-only">{t("field.walk")}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {shown.map((list) => (
                <Row key={list.id} list={list} now={now} onOpen={onOpen} onRecall={setRecall} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {recall && (
        <Recall
          list={recall}
          onClose={() => {
            setRecall(null);
          }}
        />
      )}
    </Panel>
  );
}

function Row({
  list,
  now,
  onOpen,
  onRecall,
}: {
  list: BoardList;
  now: number;
  onOpen: (list: BoardList) => void;
  onRecall: (list: BoardList) => void;
}) {
  const { t, formats } = useConsole();
  const held = list.picker !== null && !OVER.has(list.state);
  return (
    <tr
      class="row"
      data-testid={`board-list-${list.number}`}
      data-state={list.state}
      onClick={() => {
        onOpen(list);
      }}
    >
      <td>
        <button
          type="button"
          class="link strong"
          onClick={(event) => {
            event.stopPropagation();
            onOpen(list);
          }}
        >
          {list.number}
        </button>
        <span class="sub">
          {label(t, "method", list.method)}
          {list.zone ? ` · ${list.zone}` : ""}
        </span>
      </td>
      <td>
        <ListStateTag state={list.state} />
      </td>
      <td>{list.picker?.name ?? <span class="quiet">–</span>}</td>
      <td class="cell-progress">
        <Meter value={list.stops_done} total={list.stops_total} label={t("field.stops")} />
        <span class="sub" data-testid={`board-list-${list.number}-stops`}>
          {t("board.stopOf", { k: list.stops_done, n: list.stops_total })}
        </span>
      </td>
      <td class="num">
        {formats.integer(list.tasks_done)}/{formats.integer(list.tasks_total)}
        {list.shorts > 0 && (
          <span class="sub word-short">{t("board.short", { n: list.shorts })}</span>
        )}
      </td>
      <td class="num">
        <LastOp at={list.last_op_at} now={now} watch={held} />
      </td>
      <td class="num wide-only">
        {formats.length(list.length_mm)}
        <span class="sub">{formats.duration(list.duration_ms)}</span>
      </td>
      <td
        class="cell-actions"
        onClick={(event) => {
          event.stopPropagation();
        }}
      >
        <a class="link" href={formatRoute({ view: "map", list: list.id })}>
          {t("board.map")}
        </a>
        {held && (
          <button
            type="button"
            class="link"
            onClick={() => {
              onRecall(list);
            }}
            data-testid={`recall-${list.number}`}
          >
            {t("recall.action")}
          </button>
        )}
      </td>
    </tr>
  );
}
