/** Words of the console in the language of the lead. `n` is a count: it is grouped and declined. */

import { translator, type Catalogue, type Sentence } from "../../shared/i18n";
import { en } from "./en";
import { es } from "./es";

export type LeadCatalogue = typeof en;
export type LeadKey = keyof LeadCatalogue;
export type Language = "en" | "es";

type Values<K extends LeadKey> =
  Extract<Sentence<LeadCatalogue>, { key: K }> extends { with: infer W } ? [values: W] : [];

export type LeadText = <K extends LeadKey>(key: K, ...values: Values<K>) => string;

const CATALOGUES: Record<Language, Readonly<Record<LeadKey, string>>> = { en, es };
export const LANGUAGES: readonly Language[] = ["en", "es"];

export function isLanguage(word: string): word is Language {
  return Object.hasOwn(CATALOGUES, word);
}

export function leadText(language: Language): LeadText {
  const whole = new Intl.NumberFormat(language, { useGrouping: "always" });
  const say = translator<Catalogue>(CATALOGUES[language], language);
  return (key, ...values) => {
    const [given] = values as [Record<string, string | number>?];
    if (given === undefined) return say({ key });
    const n = given.n;
    const shown = typeof n === "number" ? { ...given, n: whole.format(n) } : given;
    return say({ key, with: shown } as Sentence<Catalogue>);
  };
}

/**
 * The word for a value of a closed list, e.g. a state. A value that this version does not know is
 * shown as it came: a newer server is no reason to hide a fact.
 */
export function label(t: LeadText, list: string, value: string): string {
  const key = `${list}.${value}`;
  return Object.hasOwn(en, key) ? (t as (key: string) => string)(key) : value;
}
