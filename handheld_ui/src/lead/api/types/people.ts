/** Who is signed in. */

import { type Infer, object, text } from "../../../shared/check";

const person = object({ id: text, badge: text, name: text, role: text, language: text });
export type Person = Infer<typeof person>;

export const session = object({ sign_in: text, person });
export const sessionOpened = object({ token: text, person });
export type SessionOpened = Infer<typeof sessionOpened>;
