/** What is wanted at a stage, as a sentence. */
import type { Stage } from "./stage";
import type { Say } from "./text/sentence";

export function needOf(stage: Stage): Say {
  switch (stage.at) {
    case "signin":
      return { key: stage.badge === null ? "need.badge" : "need.pin" };
    case "home":
      return { key: "need.start" };
    case "done":
      return { key: "need.close" };
    case "load": {
      const { label, tote } = stage.slot;
      return tote === null
        ? { key: "need.empty-tote", with: { slot: label } }
        : { key: "need.that-tote", with: { slot: label, tote } };
    }
    case "goto":
      return { key: "need.location", with: { location: stage.stop.location } };
    case "take":
      return { key: "need.item", with: { name: stage.task.name } };
    case "put":
      return {
        key: "need.slot",
        with: { slot: stage.slot.label, tote: stage.slot.tote ?? "–" },
      };
    case "drop":
      return stage.slots.length === 0
        ? { key: "need.finish" }
        : { key: "need.station", with: { station: stage.view.snapshot.drop[0] ?? "–" } };
  }
}
