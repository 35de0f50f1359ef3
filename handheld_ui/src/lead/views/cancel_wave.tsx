/** Cancels a wave, after saying what that means. */

import { useState } from "preact/hooks";

import type { Wave } from "../api/types";
import { Confirm } from "../components/dialog";
import { Icon } from "../components/icon";
import { LAUNCHED } from "../components/wave_words";
import { useCommand, useConsole } from "../state/console";

export function CancelWave({ wave, onDone }: { wave: Wave; onDone: (wave: Wave) => void }) {
  const { api, t, announce } = useConsole();
  const [asking, setAsking] = useState(false);
  const { busy, error, run, clear } = useCommand();
  const cancel = (): void => {
    void run(async () => {
      onDone(await api.cancelWave(wave.id));
      announce(t("wave.cancelled", { number: wave.number }));
      setAsking(false);
    });
  };
  return (
    <>
      <button
        type="button"
        class="button"
        onClick={() => {
          clear();
          setAsking(true);
        }}
        data-testid="wave-cancel"
      >
        <Icon name="close" />
        {t("wave.cancel.action")}
      </button>
      {asking && (
        <Confirm
          title={t("wave.cancel.title", { number: wave.number })}
          action={t("wave.cancel.action")}
          danger
          busy={busy}
          error={error}
          onConfirm={cancel}
          onClose={() => {
            setAsking(false);
          }}
        >
          <p>{t(LAUNCHED.has(wave.state) ? "wave.cancel.textLaunched" : "wave.cancel.text")}</p>
        </Confirm>
      )}
    </>
  );
}
