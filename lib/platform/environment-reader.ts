/** Returns what is wrong with a value, as the end of a sentence that begins with the variable's name. */
export type Rule = (value: string) => string | undefined;

export interface Bounds {
  default: number;
  min: number;
  max: number;
}

/**
 * Reads typed values from environment variables. A faulty value does not throw: `faults` collects all of them, so that
 * one error can name them together. Faults never contain a value.
 */
export function createEnvironmentReader(environment: Record<string, string | undefined>) {
  const faults: string[] = [];
  const known = new Set<string>();

  function optional(name: string, rule?: Rule): string | undefined {
    known.add(name);
    const value = environment[name];
    if (value === undefined) return undefined;
    const fault = value === "" ? "is empty" : rule?.(value);
    if (fault !== undefined) faults.push(`${name} ${fault}`);
    return value;
  }

  function required(name: string, rule?: Rule): string {
    const value = optional(name, rule);
    if (value === undefined) faults.push(`${name} is missing`);
    return value ?? "";
  }

  const wholeNumber = (name: string, bounds: Bounds, rule = isWholeNumber(bounds)): number =>
    Number(optional(name, rule) ?? bounds.default);

  /** Returns undefined for the value `never`. */
  function wholeNumberOrNever(name: string, bounds: Bounds): number | undefined {
    const isInBounds = isWholeNumber(bounds, " or never");
    const number = wholeNumber(name, bounds, (value) =>
      value === "never" ? undefined : isInBounds(value),
    );
    return Number.isNaN(number) ? undefined : number;
  }

  /** Returns the variables that begin with one of the prefixes and that nobody has read. */
  const unread = (prefixes: readonly string[]): string[] =>
    Object.keys(environment).filter(
      (name) => !known.has(name) && prefixes.some((prefix) => name.startsWith(prefix)),
    );

  return { optional, required, wholeNumber, wholeNumberOrNever, unread, faults };
}

const isWholeNumber =
  ({ min, max }: Bounds, alternative = ""): Rule =>
  (value) =>
    /^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max
      ? undefined
      : `must be a whole number from ${min} to ${max}${alternative}`;
