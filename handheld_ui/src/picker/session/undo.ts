/** Undo: first what is in hand, then the last pick or short. */
import type { Op } from "../../shared/protocol";
import { stageOf, viewOfState } from "../stage";
import type { State } from "../state";
import type { Step } from "./events";
import { answer, EMPTY_HANDS, quietly, record, settle, withCursor } from "./steps";

type Undoable = Extract<Op, { kind: "pick" | "short" }>;

export function askUndo(state: State): Step {
  const stage = stageOf(state);
  const { cursor } = state;
  if ((stage.at === "take" || stage.at === "put") && cursor.taken > 0) {
    const taken = stage.task.verify.item === "each" ? cursor.taken - 1 : 0;
    const less = withCursor(state, { taken });
    const want = stage.at === "take" ? stage.want : stage.units;
    const says = { key: "undo.one", with: { taken, qty: want } } as const;
    return answer(settle({ ...less, dialog: null }), "ok", [says]);
  }
  const last = lastUndoable(state);
  if (last === undefined) {
    return answer({ ...state, dialog: null }, "extra", [{ key: "undo.nothing" }], { again: true });
  }
  return quietly({ ...state, dialog: { kind: "undo", seq: last.seq }, bar: null });
}

/** The newest pick or short of this list that stands and whose tote is still on the cart. */
export function lastUndoable(state: State): Undoable | undefined {
  const view = viewOfState(state);
  if (view?.closed !== null) return undefined;
  const standing = state.ops.filter(
    ({ op, verdict }) =>
      op.list === view.snapshot.list && verdict !== "refused" && verdict !== "parked",
  );
  const undone = new Set(standing.flatMap(({ op }) => (op.kind === "undo" ? [op.op] : [])));
  const onCart = new Set(view.slots.filter(({ dropped }) => !dropped).map(({ slot }) => slot));
  const fitting = standing.flatMap(({ op }): Undoable[] => {
    if ((op.kind !== "pick" && op.kind !== "short") || undone.has(op.seq)) return [];
    const task = view.tasks.find(({ id }) => id === op.task);
    return task !== undefined && onCart.has(task.tote_slot) ? [op] : [];
  });
  return fitting.at(-1);
}

export function undo(state: State, seq: number, at: number): Step {
  const last = lastUndoable(state);
  if (last?.seq !== seq) return answer(state, "extra", [{ key: "undo.nothing" }], { again: true });
  const stop = state.snapshot?.tasks.find(({ id }) => id === last.task)?.stop ?? null;
  const arrived = state.cursor.arrived && state.cursor.stop === stop;
  const back = withCursor(record(state, at, { kind: "undo", op: seq }), {
    ...EMPTY_HANDS,
    stop,
    arrived,
  });
  return answer(settle(back), "step", [{ key: "undo.done" }]);
}
