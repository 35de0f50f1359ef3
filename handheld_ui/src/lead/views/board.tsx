/** What happens on the floor right now; every change arrives by itself. */

import { useState } from "preact/hooks";

import type { Board, BoardList, Wave } from "../api/types";
import { Empty, Loading, PageHead, Problem } from "../components/basics";
import { BoardLists } from "../components/board_lists";
import { Exceptions, Pickers } from "../components/board_side";
import { FloorTasks } from "../components/floor_tasks";
import { TaskBar } from "../components/progress";
import { LAUNCHED, WAVE_OVER, WaveStateTag } from "../components/wave_words";
import { useConsole } from "../state/console";
import { workOf } from "../state/floor_task";
import { useResource } from "../state/resource";
import { formatRoute } from "../state/router";
import { ListDrawer } from "./list_drawer";

export function BoardView() {
  const { api, t } = useConsole();
  const board = useResource("board", () => api.board(), ["board"]);
  const floor = useResource("floor-tasks", () => api.floorTasks(), ["floor"]);
  const work = workOf(floor.data?.tasks ?? []);
  const [wave, setWave] = useState<number | null>(null);
  const [closed, setClosed] = useState(false);
  const [open, setOpen] = useState<string | null>(null);
  const { data } = board;
  return (
    <div class="view">
      <PageHead
        title={t("board.title")}
        sub={data ? <BoardSum board={data} work={work.length} /> : t("common.loading")}
      />
      <Problem error={board.error} />
      {data === null ? (
        board.error ? null : (
          <Loading />
        )
      ) : (
        <div class="board">
          <div class="board-main">
            <BoardWaves
              waves={data.waves.filter((entry) => LAUNCHED.has(entry.state))}
              chosen={wave}
              onChoose={setWave}
            />
            <BoardLists
              lists={data.lists.filter((list) => wave === null || list.wave_number === wave)}
              closed={closed}
              onClosed={setClosed}
              now={Date.parse(data.now)}
              onOpen={(list: BoardList) => {
                setOpen(list.id);
              }}
            />
            <FloorTasks
              work={floor.data === null ? null : work}
              error={floor.error}
              onDone={floor.reload}
            />
          </div>
          <aside class="board-side">
            <Exceptions cards={data.exceptions} onClosed={board.reload} />
            <Pickers pickers={data.pickers} lists={data.lists} />
          </aside>
        </div>
      )}
      {open !== null && (
        <ListDrawer
          id={open}
          onClose={() => {
            setOpen(null);
          }}
        />
      )}
    </div>
  );
}

function BoardSum({ board, work }: { board: Board; work: number }) {
  const { t } = useConsole();
  const active = board.lists.filter((list) => list.picker !== null && list.state !== "closed");
  const waiting = board.lists.filter((list) => list.state === "ready");
  return (
    <>
      {[
        t("board.sum.active", { n: active.length }),
        t("board.sum.waiting", { n: waiting.length }),
        t("board.sum.pickers", { n: board.pickers.filter((picker) => picker.connected).length }),
        t("board.sum.exceptions", { n: board.exceptions.length }),
        ...(work > 0 ? [t("board.sum.work", { n: work })] : []),
      ].join(" · ")}
    </>
  );
}

function BoardWaves({
  waves,
  chosen,
  onChoose,
}: {
  waves: readonly Wave[];
  chosen: number | null;
  onChoose: (wave: number | null) => void;
}) {
  const { t } = useConsole();
  if (waves.length === 0) return <Empty title={t("board.noWaves")}>{t("board.noWavesHint")}</Empty>;
  const running = waves.filter((wave) => !WAVE_OVER.has(wave.state));
  const over = waves.filter((wave) => WAVE_OVER.has(wave.state)).slice(0, 3);
  return (
    <div class="wave-cards">
      {[...running, ...over].map((wave) => (
        <section
          key={wave.id}
          class={chosen === wave.number ? "wave-card wave-card-on" : "wave-card"}
          data-testid={`board-wave-${wave.number}`}
        >
          <header>
            <button
              type="button"
              class="link strong"
              aria-pressed={chosen === wave.number}
              onClick={() => {
                onChoose(chosen === wave.number ? null : wave.number);
              }}
            >
              {t("wave.title", { number: wave.number })}
            </button>
            <WaveStateTag state={wave.state} />
            <span class="clip">{wave.name}</span>
          </header>
          <TaskBar progress={wave.progress} label={t("wave.title", { number: wave.number })} />
          <footer>
            <span>
              {t("board.listsClosed", { closed: wave.progress.closed, n: wave.progress.lists })}
            </span>
            <a
              class="link"
              href={formatRoute({
                view: "wave",
                id: wave.id,
                tab: WAVE_OVER.has(wave.state) ? "report" : "plan",
              })}
            >
              {t(WAVE_OVER.has(wave.state) ? "wave.tab.report" : "board.toWave")}
            </a>
          </footer>
        </section>
      ))}
    </div>
  );
}
