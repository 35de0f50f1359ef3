/** Checks of single values beside those that are shared. */

import { type Check, whole } from "../../../shared/check";

/** Any finite number. */
export const number: Check<number> = (value, at = "") => {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  return whole(value, at);
};

/** Taken as it is; whoever uses it looks at it first. */
export const anything: Check<unknown> = (value) => value;
