import { LANGUAGES, type Language } from "../catalogue/text";

/** Each language in its own name, so that it is found by who needs it. */
const NAMES: Record<Language, string> = { en: "English", es: "Español" };

export function LanguageSwitch({
  language,
  onLanguage,
}: {
  language: Language;
  onLanguage: (language: Language) => void;
}) {
  return (
    <div class="languages" role="group" aria-label="Language / Idioma">
      {LANGUAGES.map((entry) => (
        <button
          key={entry}
          type="button"
          lang={entry}
          aria-pressed={entry === language}
          onClick={() => {
            onLanguage(entry);
          }}
          data-testid={`language-${entry}`}
        >
          {NAMES[entry]}
        </button>
      ))}
    </div>
  );
}
