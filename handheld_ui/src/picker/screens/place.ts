/** Where a stop is, in words: how far, which side, how high. */
import type { Stop } from "../../shared/protocol";
import type { Say } from "../text/sentence";

export function placeFacts(stop: Stop): readonly Say[] {
  const facts: Say[] = [
    { key: "goto.distance", with: { n: Math.max(1, Math.round(stop.distance_mm / 1000)) } },
  ];
  if (stop.side === "left") facts.push({ key: "goto.left" });
  if (stop.side === "right") facts.push({ key: "goto.right" });
  if (stop.level === 0) facts.push({ key: "goto.floor-level" });
  else if (stop.level !== null) facts.push({ key: "goto.level", with: { level: stop.level } });
  if (stop.floor !== 0) facts.push({ key: "goto.floor", with: { floor: stop.floor } });
  return facts;
}
