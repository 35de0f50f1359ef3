/** The methods side by side against the baseline, the choice, its routes, and the launch. */

import { useState } from "preact/hooks";

import type { LaunchResult, PlanSheet } from "../api/types";
import { label } from "../catalogue/text";
import { Panel } from "../components/basics";
import { LeftOut } from "../components/left_out";
import { PlanTable } from "../components/plan_table";
import { chosenPlan, columns } from "../plan/sheet";
import { useConsole } from "../state/console";
import { Launch } from "./launch";
import { PlanRoutes } from "./plan_routes";

export function PlanSheetView({
  sheet,
  onLaunched,
}: {
  sheet: PlanSheet;
  onLaunched: (result: LaunchResult) => void;
}) {
  const { t } = useConsole();
  const [wish, setWish] = useState<string | null>(null);
  const chosen = chosenPlan(sheet, wish);
  const all = columns(sheet);
  const column = all.find((entry) => entry.plan_id === chosen);
  const method = column ? label(t, "method", column.method) : "";
  return (
    <>
      <Panel
        title={t("sheet.title")}
        side={<span class="quiet">{t("sheet.side", { seed: sheet.run.seed })}</span>}
        flush
        testid="plan-sheet"
      >
        <PlanTable
          baseline={sheet.baseline}
          columns={all}
          chosen={chosen}
          launched={sheet.wave.plan_id}
          onChoose={sheet.wave.plan_id === null ? setWish : null}
        />
        <p class="hint plan-why">{t("sheet.why")}</p>
      </Panel>
      {column && (
        <>
          <LeftOut column={column} />
          <Panel title={t("sheet.routes", { method })} flush testid="plan-routes">
            <PlanRoutes key={column.plan_id} planId={column.plan_id} />
          </Panel>
          <Launch wave={sheet.wave} column={column} method={method} onLaunched={onLaunched} />
        </>
      )}
    </>
  );
}
