import { useState } from "preact/hooks";

import { useConsole, useNow } from "../state/console";

/** A picker who says nothing for this long may need help. */
const QUIET_MS = 5 * 60_000;

/** Age of the last scan on the server's clock, running on between reads. */
export function LastOp({ at, now, watch }: { at: string | null; now: number; watch: boolean }) {
  const { t, formats } = useConsole();
  const here = useNow(1_000);
  const [seen, setSeen] = useState({ now, here });
  if (seen.now !== now) setSeen({ now, here });
  if (at === null) return <span class="quiet">–</span>;
  const server = seen.now + (here - seen.here);
  const quiet = watch && server - Date.parse(at) > QUIET_MS;
  return (
    <span class={quiet ? "late" : ""}>
      {formats.age(at, server)}
      {quiet && <span class="sub">{t("board.quiet")}</span>}
    </span>
  );
}
