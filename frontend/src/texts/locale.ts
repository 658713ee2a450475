/**
 * Returns the person's own tag for the page's language, as "en-GB" for "en", or the language where they have none that
 * `Intl` accepts. Browsers pass on whatever the system says, as Linux's `en_US` and `en-US@posix`, at which every
 * constructor of `Intl` throws a RangeError.
 */
export function chooseLocale(language: string, tags: readonly string[] | undefined): string {
  const ofLanguage = tags?.filter((tag) => languageOf(tag) === language) ?? [];
  return ofLanguage.map(readable).find((tag) => tag !== null) ?? language;
}

/** "de" of "de-AT", "DE_AT.UTF-8" and "de@euro". */
export function languageOf(tag: string): string {
  return tag.split(/[^A-Za-z]/, 1)[0]?.toLowerCase() ?? "";
}

/** The tag as `Intl` writes it, without what only the system knows; null where nothing of it can be read. */
function readable(tag: string): string | null {
  const plain = tag.replace(/[.@].*$/, "").replaceAll("_", "-");
  try {
    return Intl.getCanonicalLocales(plain)[0] ?? null;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return null;
  }
}
