/**
 * Small runtime checks for messages from outside.
 *
 * Each check returns the value with its type or throws {@link BadMessage} naming the
 * place. Unknown members are ignored: contracts grow only by addition.
 */

/** A message that does not have the agreed shape. `at` is a path such as `list.tasks[3].qty`. */
export class BadMessage extends Error {
  readonly at: string;

  constructor(at: string, wanted: string) {
    super(`${at || "message"}: expected ${wanted}`);
    this.name = "BadMessage";
    this.at = at;
  }
}

export type Check<T> = (value: unknown, at?: string) => T;
export type Infer<C> = C extends Check<infer T> ? T : never;

export const text: Check<string> = (value, at = "") => {
  if (typeof value !== "string") throw new BadMessage(at, "text");
  return value;
};

export const whole: Check<number> = (value, at = "") => {
  if (typeof value !== "number" || !Number.isSafeInteger(value)) {
    throw new BadMessage(at, "a whole number");
  }
  return value;
};

/** Any finite number. */
export const number: Check<number> = (value, at = "") => {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new BadMessage(at, "a number");
  return value;
};

export const flag: Check<boolean> = (value, at = "") => {
  if (typeof value !== "boolean") throw new BadMessage(at, "true or false");
  return value;
};

/** One of a closed list of words. */
export function oneOf<const T extends readonly string[]>(...words: T): Check<T[number]> {
  return (value, at = "") => {
    const found = words.find((word) => word === value);
    if (found === undefined) throw new BadMessage(at, `one of ${words.join(", ")}`);
    return found;
  };
}

/** Exactly this text, number or truth value. */
export function literal<const T extends string | number | boolean>(wanted: T): Check<T> {
  return (value, at = "") => {
    if (value !== wanted) throw new BadMessage(at, String(wanted));
    return wanted;
  };
}

export function nullable<T>(check: Check<T>): Check<T | null> {
  return (value, at = "") => (value === null ? null : check(value, at));
}

/** A member that older servers leave out. */
export function withDefault<T>(check: Check<T>, fallback: T): Check<T> {
  return (value, at = "") => (value === undefined ? fallback : check(value, at));
}

export function list<T>(check: Check<T>): Check<readonly T[]> {
  return (value, at = "") => {
    if (!Array.isArray(value)) throw new BadMessage(at, "a list");
    return value.map((item: unknown, index) => check(item, `${at}[${index}]`));
  };
}

export function tuple<T extends readonly unknown[]>(
  ...checks: { [K in keyof T]: Check<T[K]> }
): Check<T> {
  return (value, at = "") => {
    if (!Array.isArray(value) || value.length !== checks.length) {
      throw new BadMessage(at, `a list of ${checks.length}`);
    }
    return checks.map((check, index) => check(value[index], `${at}[${index}]`)) as unknown as T;
  };
}

export function record<T>(check: Check<T>): Check<Readonly<Record<string, T>>> {
  return (value, at = "") =>
    Object.fromEntries(
      Object.entries(members(value, at)).map(([key, item]) => [key, check(item, `${at}.${key}`)]),
    );
}

type Shape = Readonly<Record<string, Check<unknown>>>;
type Shaped<S extends Shape> = { readonly [K in keyof S]: Infer<S[K]> };

export function object<S extends Shape>(shape: S): Check<Shaped<S>> {
  return (value, at = "") => {
    const given = members(value, at);
    const made = Object.entries(shape).map(([key, check]) => [
      key,
      check(given[key], at === "" ? key : `${at}.${key}`),
    ]);
    return Object.fromEntries(made) as Shaped<S>;
  };
}

/** The first of the checks that accepts; the complaint of the last when none does. */
export function either<A, B>(one: Check<A>, other: Check<B>): Check<A | B> {
  return (value, at = "") => {
    try {
      return one(value, at);
    } catch (complaint) {
      if (!(complaint instanceof BadMessage)) throw complaint;
      return other(value, at);
    }
  };
}

function members(value: unknown, at: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BadMessage(at, "an object");
  }
  return value as Readonly<Record<string, unknown>>;
}
