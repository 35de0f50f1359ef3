import { translator, type Translate } from "../../shared/i18n";
import { en, type Key } from "./en";
import { es } from "./es";

export const LANGUAGES = { en: "English", es: "Español" } as const;
export type Language = keyof typeof LANGUAGES;

const CATALOGUES: Readonly<Record<Language, Readonly<Record<Key, string>>>> = { en, es };

/** The language a person's record or a browser names, or English. */
export function languageOf(tag: string): Language {
  const found = (Object.keys(LANGUAGES) as Language[]).find((code) => tag.startsWith(code));
  return found ?? "en";
}

const made = new Map<Language, Translate<typeof en>>();

/** How a sentence is said in a language. */
export function speak(language: Language): Translate<typeof en> {
  const known = made.get(language) ?? translator<typeof en>(CATALOGUES[language], language);
  made.set(language, known);
  return known;
}
