import { splitOutsideQuotes } from "./split-outside-quotes.ts";

/** A media range or a coding, and how much the client wants it: 0 is not at all, 1 is most. */
export interface Weighted {
  name: string;
  quality: number;
}

/** Reads a header of the Accept family (RFC 9110, section 12.4). A comma or semicolon inside a quoted string is no separator. */
export function readAccept(accept: string): Weighted[] {
  return splitOutsideQuotes(accept, ",").flatMap((element) => {
    const [name = "", ...parameters] = splitOutsideQuotes(element, ";");
    if (name === "") return [];
    const weight = parameters.map((one) => /^q=(.*)$/i.exec(one)?.[1]).find((q) => q !== undefined);
    return [{ name: name.toLowerCase(), quality: readQuality(weight) }];
  });
}

/**
 * An invalid weight such as `q=high` counts as no weight, which means 1. RFC 9110 wants a leading zero and at most three
 * decimals, but programs write other numbers too: Java itself sends `q=.2`.
 */
function readQuality(weight = ""): number {
  return /^(0?\.\d+|0\.?|1(\.0*)?)$/.test(weight) ? Number(weight) : 1;
}
