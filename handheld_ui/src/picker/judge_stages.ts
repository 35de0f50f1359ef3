/** Verdicts of scans at the steps of a list: load, go to, take, put, drop. */
import type { ItemMatch, Thing } from "../shared/barcode";
import type { Stop, Task } from "../shared/protocol";
import { readable } from "../shared/scanner";
import { needOf } from "./need";
import type { Stage } from "./stage";
import { again, seenAs, verdict, wrong, wrongOrUnknown, type Verdict } from "./verdict";
import { open, openStops, openTasks } from "./view";

type At<Name extends Stage["at"]> = Extract<Stage, { at: Name }>;

/** H6: a tote for the slot that is next. */
export function judgeLoad(stage: At<"load">, thing: Thing): Verdict {
  const { slot, view } = stage;
  if (thing.kind !== "tote") return wrongOrUnknown(thing, needOf(stage));
  const holder = view.slots.find((other) => other.bound && other.tote === thing.code);
  if (holder !== undefined) {
    const where = { code: thing.code, slot: holder.label };
    return wrong({ key: "seen.used-tote", with: where }, needOf(stage));
  }
  if (slot.tote !== null && slot.tote !== thing.code) return wrong(seenAs(thing), needOf(stage));
  const done = { key: "load.done", with: { tote: thing.code, slot: slot.label } } as const;
  return verdict("ok", [done], { do: "bind", slot: slot.slot, tote: thing.code });
}

/** H7: the label of the stop, or its check digits; a later stop asks first. */
export function judgeGoto(stage: At<"goto">, thing: Thing, code: string): Verdict {
  const { stop, view } = stage;
  if (thing.kind === "location") return judgeLocation(stage, thing.code);
  if (isCheckDigits(stop, code)) return arrival(stop);
  if (thing.kind === "unknown" && /^\d{2,4}$/.test(code)) {
    return wrong({ key: "seen.digits", with: { code } }, needOf(stage));
  }
  if (thing.kind === "item") {
    const task = openTasks(view, stop.id).find(
      (each) => !each.verify.location && thing.matches.some(({ sku }) => sku === each.sku),
    );
    if (task !== undefined) return judgeItem(task, stop, 0, open(task), thing.matches, code);
  }
  if (thing.kind === "item" || thing.kind === "tote" || thing.kind === "slot") {
    return wrong(seenAs(thing), { key: "need.shelf-first", with: { location: stop.location } });
  }
  return wrongOrUnknown(thing, needOf(stage));
}

function judgeLocation(stage: At<"goto">, code: string): Verdict {
  const { stop, view } = stage;
  if (code === stop.location) return arrival(stop);
  const later = openStops(view).find((other) => other.location === code);
  if (later !== undefined) {
    return verdict("news", [{ key: "jump.title", with: { location: code } }], {
      do: "ask-jump",
      stop: later.id,
    });
  }
  return wrong({ key: "seen.location", with: { code } }, needOf(stage));
}

function arrival(stop: Stop): Verdict {
  const says = { key: "goto.arrived", with: { location: stop.location } } as const;
  return verdict("step", [says], { do: "arrive", stop: stop.id });
}

export function isCheckDigits(stop: Stop, code: string): boolean {
  return stop.check_digits !== null && stop.check_digits !== "" && stop.check_digits === code;
}

/** H8: units of the item, one scan each or one for all. */
export function judgeTake(stage: At<"take">, thing: Thing, code: string): Verdict {
  const { stop, task, taken, want } = stage;
  if (thing.kind === "location" && thing.code === stop.location) {
    return again([{ key: "seen.here-already", with: { code: thing.code } }, needOf(stage)]);
  }
  if (thing.kind === "tote" || thing.kind === "slot") {
    return wrong(seenAs(thing), { key: "need.item-first", with: { name: task.name } });
  }
  if (thing.kind !== "item") return wrongOrUnknown(thing, needOf(stage));
  return judgeItem(task, stop, taken, want, thing.matches, code);
}

function judgeItem(
  task: Task,
  stop: Stop,
  taken: number,
  want: number,
  matches: readonly ItemMatch[],
  code: string,
): Verdict {
  const wanted = matches.find((match) => match.sku === task.sku);
  const need = { key: "need.item", with: { name: task.name } } as const;
  if (wanted === undefined) return wrong(seenAs({ kind: "item", code, matches }), need);
  if (matches.length > 1) {
    return verdict("news", [{ key: "choose.title" }], { do: "choose", code, matches });
  }
  return taking(task, stop, taken, want, wanted.units, code);
}

/** The verdict of taking some units of the right item. */
export function taking(
  task: Task,
  stop: Stop,
  taken: number,
  want: number,
  scanned: number,
  code: string,
): Verdict {
  const left = want - taken;
  const units = task.verify.item === "each" ? scanned : left;
  if (units > left) {
    const pack = { key: "seen.pack", with: { units, left } } as const;
    return verdict("extra", [pack, { key: "need.item", with: { name: task.name } }], null);
  }
  const now = taken + units;
  const says = { key: "take.counted", with: { taken: now, qty: want, name: task.name } } as const;
  const action = { do: "take", stop: stop.id, task: task.id, units, code: readable(code) } as const;
  return verdict(now === want ? "step" : "ok", [says], action);
}

/** H9: the tote or the label of its slot; the same item again is one too many. */
export function judgePut(stage: At<"put">, thing: Thing): Verdict {
  const { slot, task, units, stop } = stage;
  if (thing.kind === "slot" && thing.slot === slot.slot) return placed(stage);
  if (thing.kind === "tote" && thing.code === slot.tote) return placed(stage);
  if (thing.kind === "item" && thing.matches.some(({ sku }) => sku === task.sku)) {
    if (task.verify.item !== "each") {
      const done = { taken: units, qty: units, name: task.name };
      return again([{ key: "take.counted", with: done }, needOf(stage)]);
    }
    const over = { key: "over.extra", with: { qty: units } } as const;
    return verdict("extra", [over], { do: "over", units: 1 });
  }
  if (thing.kind === "location" && thing.code === stop.location) {
    return again([{ key: "seen.here-already", with: { code: thing.code } }, needOf(stage)]);
  }
  if (thing.kind === "tote") {
    const other = stage.view.slots.find((each) => each.bound && each.tote === thing.code);
    const where = other && ({ key: "seen.slot", with: { slot: other.label } } as const);
    return wrong(where ?? seenAs(thing), needOf(stage));
  }
  return wrongOrUnknown(thing, needOf(stage));
}

function placed({ task, units, slot }: At<"put">): Verdict {
  const what = { qty: units, name: task.name, slot: slot.label };
  return verdict("line", [{ key: "put.done", with: what }], { do: "put" });
}

/** H11: the station where the totes are left. */
export function judgeDrop(stage: At<"drop">, thing: Thing): Verdict {
  const drop = stage.view.snapshot.drop;
  if (thing.kind !== "station" || stage.slots.length === 0) {
    return wrongOrUnknown(thing, needOf(stage));
  }
  if (!drop.includes(thing.code)) {
    return wrong({ key: "seen.dropped-place", with: { code: thing.code } }, needOf(stage));
  }
  return verdict("list", [], { do: "drop", station: thing.code });
}
