/** Modal windows on the platform's own `<dialog>`: focus stays inside, Escape closes. */

import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

import { useConsole } from "../state/console";
import { Icon } from "./icon";
import { Problem } from "./basics";

export function Modal({
  title,
  onClose,
  side = false,
  children,
  testid,
}: {
  title: ComponentChildren;
  onClose: () => void;
  /** A drawer at the right edge instead of a window in the middle. */
  side?: boolean;
  children: ComponentChildren;
  testid?: string | undefined;
}) {
  const { t } = useConsole();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    // The dialog leaves the page together with its focus: give it back to who opened it.
    return () => {
      if (opener instanceof HTMLElement && opener.isConnected)
        opener.focus({ preventScroll: true });
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      class={side ? "drawer" : "window"}
      data-testid={testid}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div class="dialog-frame">
        <header class="dialog-head">
          <h2 id={titleId}>{title}</h2>
          <button
            type="button"
            class="icon-button"
            onClick={onClose}
            aria-label={t("common.close")}
            data-testid="dialog-close"
          >
            <Icon name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** Asks before something that cannot be taken back. */
export function Confirm({
  title,
  action,
  danger = false,
  busy,
  error,
  onConfirm,
  onClose,
  children,
  disabled = false,
  testid = "confirm-yes",
}: {
  title: string;
  action: string;
  danger?: boolean;
  busy: boolean;
  error: unknown;
  disabled?: boolean;
  /** Of the button that confirms. */
  testid?: string;
  onConfirm: () => void;
  onClose: () => void;
  children: ComponentChildren;
}) {
  const { t } = useConsole();
  return (
    <Modal title={title} onClose={onClose} testid="confirm-dialog">
      <form
        class="dialog-body"
        onSubmit={(event) => {
          event.preventDefault();
          onConfirm();
        }}
      >
        {children}
        <Problem error={error} testid="confirm-problem" />
        <footer class="dialog-foot">
          <button type="button" class="button" onClick={onClose} data-testid="confirm-no">
            {t("common.back")}
          </button>
          <button
            type="submit"
            class={danger ? "button button-danger" : "button button-primary"}
            disabled={busy || disabled}
            data-testid={testid}
          >
            {busy ? t("common.working") : action}
          </button>
        </footer>
      </form>
    </Modal>
  );
}
