/**
 * Text catalogues with typed keys and parameters.
 *
 * A text names its parameters in braces: `"You are at {there}."`. A text that depends
 * on a number has two forms divided by a bar, `"{n} stop|{n} stops"`, chosen by the
 * plural rule of the language for the parameter `n`. The English catalogue is the
 * reference: the others must have its keys and parameters, which the compiler and a
 * test check.
 */

export type Catalogue = Readonly<Record<string, string>>;

type ParameterNames<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterNames<Rest>
  : never;

/** A sentence not yet in any language: what reducers and verdicts deal in. */
export type Sentence<C extends Catalogue> = {
  [K in keyof C & string]: [ParameterNames<C[K]>] extends [never]
    ? { readonly key: K }
    : {
        readonly key: K;
        readonly with: Readonly<Record<ParameterNames<C[K]>, string | number>>;
      };
}[keyof C & string];

export type Translate<C extends Catalogue> = (sentence: Sentence<C>) => string;

/** Names of the parameters in a text, sorted, each once. */
export function parameterNames(source: string): readonly string[] {
  return [...new Set([...source.matchAll(/\{(\w+)\}/g)].map((found) => found[1] ?? ""))].sort();
}

/** A function that says a sentence in one language. */
export function translator<C extends Catalogue>(
  catalogue: Readonly<Record<keyof C & string, string>>,
  language: string,
): Translate<C> {
  const plural = new Intl.PluralRules(language);
  return (sentence) => {
    const given: Readonly<Record<string, string | number>> =
      "with" in sentence ? sentence.with : {};
    const forms = catalogue[sentence.key].split("|");
    const several = forms.length > 1 && plural.select(Number(given.n)) !== "one";
    const form = forms[several ? 1 : 0] ?? "";
    return form.replace(/\{(\w+)\}/g, (_whole, name: string) => String(given[name] ?? ""));
  };
}
