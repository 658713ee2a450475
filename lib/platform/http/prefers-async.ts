import { splitOutsideQuotes } from "./split-outside-quotes.ts";

/** Returns whether a `Prefer` header has the preference `respond-async` (RFC 7240, 4.1), with or without parameters. */
export function prefersAsync(prefer: string | undefined): boolean {
  return splitOutsideQuotes(prefer ?? "", ",").some((preference) => {
    const [name = ""] = splitOutsideQuotes(preference, ";");
    // The preference has no value. RFC 7240 treats an empty value like none.
    return /^respond-async(\s*=\s*("")?)?$/i.test(name);
  });
}
