/** Verdicts of scans while a question stands on the screen. */
import type { Thing } from "../shared/barcode";
import { verdict, wrongOrUnknown, type Verdict } from "./verdict";
import { isCheckDigits } from "./judge_stages";
import type { Stage } from "./stage";
import type { State } from "./state";

/** X9: too many were scanned; the label of the location confirms that they went back. */
export function judgeOver(state: State, stage: Stage, thing: Thing, code: string): Verdict {
  if (stage.at !== "take" && stage.at !== "put") {
    return wrongOrUnknown(thing, { key: "need.answer" });
  }
  const { stop, task } = stage;
  const { over, taken } = state.cursor;
  if ((thing.kind === "location" && thing.code === stop.location) || isCheckDigits(stop, code)) {
    const done = { key: "over.done", with: { qty: taken } } as const;
    return verdict("ok", [done], { do: "put-back" });
  }
  if (thing.kind === "item" && thing.matches.some(({ sku }) => sku === task.sku)) {
    const more = { key: "over.extra", with: { qty: taken } } as const;
    return verdict("extra", [more], { do: "over", units: 1 });
  }
  return wrongOrUnknown(thing, {
    key: "need.put-back",
    with: { n: over, location: stop.location },
  });
}

/** The numbers that can answer "how many are there": from what is in hand to one too few. */
export function shortBounds(stage: Stage): readonly [least: number, most: number] | null {
  if (stage.at === "take") return [stage.taken, stage.want - 1];
  // Counted by one scan for all, or by none: the count itself may have been wrong.
  if (stage.at === "put" && stage.task.verify.item !== "each") return [0, stage.units - 1];
  return null;
}

/** X1: a number typed on a keyboard answers "how many are there". */
export function judgeShortCount(stage: Stage, thing: Thing, code: string): Verdict {
  const bounds = shortBounds(stage);
  const count = /^\d{1,4}$/.test(code) && thing.kind === "unknown" ? Number(code) : -1;
  if (bounds !== null && count >= bounds[0] && count <= bounds[1]) {
    return verdict("ok", [], { do: "count", count });
  }
  return wrongOrUnknown(thing, { key: "need.answer" });
}
