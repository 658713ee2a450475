import { languageOf } from "./language.ts";

/**
 * Returns the browser's first tag of the page's language that `Intl` can read, such as "en-GB" for "en", or else the
 * language itself. Browsers pass on the system's tags. Constructors of `Intl` throw a RangeError for Linux's `en_US` and
 * `en-US@posix`.
 */
export function chooseLocale(language: string, tags: readonly string[] | undefined): string {
  const ofLanguage = tags?.filter((tag) => languageOf(tag) === language) ?? [];
  return ofLanguage.map(readable).find((tag) => tag !== null) ?? language;
}

/** Returns the canonical tag without the system's suffix, or null if `Intl` cannot read the tag. */
function readable(tag: string): string | null {
  const plain = tag.replace(/[.@].*$/, "").replaceAll("_", "-");
  try {
    return Intl.getCanonicalLocales(plain)[0] ?? null;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return null;
  }
}
