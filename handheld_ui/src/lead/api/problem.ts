/** Errors of the API as sentences: RFC 9457 problem documents and failures without an answer. */

import { BadMessage } from "../../shared/check";
import type { LeadText } from "../catalogue/text";

export interface ProblemFields {
  status: number;
  code: string;
  title: string;
  detail: string;
  pointer: string;
}

/** The server answered and refused; `detail` says what and why. */
export class ApiProblem extends Error implements ProblemFields {
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly pointer: string;

  constructor(fields: ProblemFields) {
    super(fields.detail || fields.title);
    this.name = "ApiProblem";
    this.status = fields.status;
    this.code = fields.code;
    this.title = fields.title;
    this.detail = fields.detail;
    this.pointer = fields.pointer;
  }
}

/** No answer came: network down, server restarting, or the wait was over. The outcome is unknown. */
export class NoAnswer extends Error {
  readonly timedOut: boolean;

  constructor(timedOut: boolean) {
    super(timedOut ? "no answer in time" : "server not reachable");
    this.name = "NoAnswer";
    this.timedOut = timedOut;
  }
}

/** The problem of an answer that is not a success, whatever its body turns out to be. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const body = await members(response);
  const word = (key: string): string => (typeof body[key] === "string" ? body[key] : "");
  return new ApiProblem({
    status: response.status,
    code: word("code") || `http-${response.status}`,
    title: word("title") || response.statusText,
    detail: word("detail"),
    pointer: word("pointer"),
  });
}

async function members(response: Response): Promise<Record<string, unknown>> {
  if (!(response.headers.get("content-type") ?? "").includes("json")) return {};
  try {
    const body: unknown = await response.json();
    return typeof body === "object" && body !== null ? (body as Record<string, unknown>) : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {}; // a proxy's page that calls itself JSON
    throw error;
  }
}

/** One sentence for a person, in the language of `t`. The server's own detail is kept whole. */
export function sentence(error: unknown, t: LeadText): string {
  if (error instanceof NoAnswer) return t(error.timedOut ? "error.timeout" : "error.unreachable");
  if (error instanceof BadMessage) return t("error.badAnswer", { detail: error.message });
  if (!(error instanceof ApiProblem)) return t("error.unexpected", { detail: String(error) });
  if (error.status === 403) return withDetail(t("error.forbidden"), error);
  if (error.status === 429) return withDetail(t("error.tooMany"), error);
  if (error.status === 503) return withDetail(t("error.unavailable"), error);
  return error.detail || error.title || t("error.status", { status: error.status });
}

function withDetail(lead: string, error: ApiProblem): string {
  return error.detail ? `${lead} ${error.detail}` : lead;
}
