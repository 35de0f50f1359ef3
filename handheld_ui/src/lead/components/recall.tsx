/** Takes a list back from its picker, after asking. */

import { useState } from "preact/hooks";

import type { BoardList } from "../api/types";
import { useCommand, useConsole } from "../state/console";
import { randomKey } from "../state/launch_intent";
import { Confirm } from "./dialog";

export function Recall({ list, onClose }: { list: BoardList; onClose: () => void }) {
  const { api, t, announce } = useConsole();
  const { busy, error, run } = useCommand();
  // One question is one intent: trying again after a lost answer takes the list from nobody else.
  const [key] = useState(randomKey);
  const recall = (): void => {
    void run(async () => {
      await api.recall(list.id, key);
      announce(t("recall.done", { number: String(list.number) }));
      onClose();
    });
  };
  return (
    <Confirm
      title={t("recall.title", { number: String(list.number) })}
      action={t("recall.action")}
      danger
      busy={busy}
      error={error}
      onConfirm={recall}
      onClose={onClose}
    >
      <p>{t("recall.text", { picker: list.picker?.name ?? "–" })}</p>
    </Confirm>
  );
}
