/** Small parts that every view uses. */

import type { ComponentChildren } from "preact";

import { sentence } from "../api/problem";
import { useConsole } from "../state/console";
import { Icon, type IconName } from "./icon";

export type Tone = "plain" | "info" | "ok" | "warn" | "danger";

export function Tag({
  tone = "plain",
  icon,
  children,
}: {
  tone?: Tone;
  icon?: IconName;
  children: ComponentChildren;
}) {
  return (
    <span class={`tag tag-${tone}`}>
      {icon && <Icon name={icon} size={13} />}
      {children}
    </span>
  );
}

const NOTICE_ICON: Record<Tone, IconName> = {
  plain: "info",
  info: "info",
  ok: "check",
  warn: "alert",
  danger: "alert",
};

export function Notice({
  tone,
  children,
  testid,
}: {
  tone: Tone;
  children: ComponentChildren;
  testid?: string | undefined;
}) {
  return (
    <div
      class={`notice notice-${tone}`}
      role={tone === "danger" ? "alert" : "status"}
      data-testid={testid}
    >
      <Icon name={NOTICE_ICON[tone]} size={18} />
      <div>{children}</div>
    </div>
  );
}

/** The error of a read or a command as one sentence; nothing when there is none. */
export function Problem({ error, testid }: { error: unknown; testid?: string | undefined }) {
  const { t } = useConsole();
  if (error === null || error === undefined) return null;
  return (
    <Notice tone="danger" testid={testid ?? "problem"}>
      {sentence(error, t)}
    </Notice>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <strong>{title}</strong>
      {children && <p>{children}</p>}
    </div>
  );
}

export function Loading() {
  const { t } = useConsole();
  return (
    <div class="empty" role="status">
      {t("common.loading")}
    </div>
  );
}

export function PageHead({
  title,
  sub,
  children,
}: {
  title: ComponentChildren;
  sub?: ComponentChildren;
  children?: ComponentChildren;
}) {
  return (
    <header class="page-head">
      <div class="page-title">
        <h1>{title}</h1>
        {sub !== undefined && <div class="page-sub">{sub}</div>}
      </div>
      <div class="page-actions">{children}</div>
    </header>
  );
}

export function Panel({
  title,
  side,
  children,
  flush = false,
  testid,
}: {
  title?: ComponentChildren;
  side?: ComponentChildren;
  children: ComponentChildren;
  flush?: boolean;
  testid?: string | undefined;
}) {
  return (
    <section class={flush ? "panel panel-flush" : "panel"} data-testid={testid}>
      {title !== undefined && (
        <header class="panel-head">
          <h2>{title}</h2>
          {side !== undefined && <div class="panel-side">{side}</div>}
        </header>
      )}
      <div class="panel-body">{children}</div>
    </section>
  );
}

/** A figure with its name. */
export function Figure({
  label,
  value,
  note,
  testid,
}: {
  label: string;
  value: ComponentChildren;
  note?: ComponentChildren;
  testid?: string | undefined;
}) {
  return (
    <div class="figure" data-testid={testid}>
      <dt>{label}</dt>
      <dd>
        {value}
        {note !== undefined && <small>{note}</small>}
      </dd>
    </div>
  );
}
