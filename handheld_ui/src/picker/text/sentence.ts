import type { Sentence } from "../../shared/i18n";
import type { en } from "./en";

/** A sentence of the handheld, not yet in any language. */
export type Say = Sentence<typeof en>;
