/** Who works on this device: the answer of `POST /api/v1/session`. */
import { object, text, type Infer } from "./check";

export const signedIn = object({
  token: text,
  /** Goes into every op, so that its facts stay those of the person who made them. */
  sign_in: text,
  person: object({ id: text, badge: text, name: text, role: text, language: text }),
});

export type SignedIn = Infer<typeof signedIn>;
