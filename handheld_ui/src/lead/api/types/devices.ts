/** Handhelds that may sign people in. */

import { type Infer, list, nullable, object, text } from "../../../shared/check";

export const device = object({
  id: text,
  name: text,
  /** waiting, enrolled or revoked; an unknown word is shown as it is. */
  state: text,
  seen_at: nullable(text),
  code_until: nullable(text),
});
export type Device = Infer<typeof device>;

export const devices = object({ devices: list(device) });

/** `qr` has a row of 0 (light) and 1 (dark) for each line of modules. */
export const invitation = object({ device, url: text, qr: list(text) });
export type Invitation = Infer<typeof invitation>;
