import { splitOutsideQuotes } from "./split-outside-quotes.ts";

interface MediaRange {
  type: string;
  quality: number;
}

/**
 * Returns whether an Accept header prefers one media type to another (RFC 9110, section 12.5.1): by quality, then by
 * how exactly the header names each. Returns false without a preference and without the header.
 */
export function prefersMediaType(
  accept: string | undefined,
  wanted: string,
  other: string,
): boolean {
  const ranges = readAccept(accept ?? "");
  const [first, second] = [bestMatch(ranges, wanted), bestMatch(ranges, other)];
  if (first.quality !== second.quality) return first.quality > second.quality;
  return first.quality > 0 && first.precision > second.precision;
}

/** The most exact range decides about a type, even if a wider range has a higher quality. */
function bestMatch(ranges: MediaRange[], type: string): { quality: number; precision: number } {
  const [group] = type.split("/");
  const patterns = ["*/*", `${group}/*`, type];
  for (const precision of [2, 1, 0]) {
    const matches = ranges.filter((range) => range.type === patterns[precision]);
    if (matches.length === 0) continue;
    return { quality: Math.max(...matches.map(({ quality }) => quality)), precision };
  }
  return { quality: 0, precision: 0 };
}

/** A comma or semicolon inside a quoted string is no separator. */
function readAccept(accept: string): MediaRange[] {
  return splitOutsideQuotes(accept, ",").flatMap((element) => {
    const [type = "", ...parameters] = splitOutsideQuotes(element, ";");
    if (type === "") return [];
    const weight = parameters.map((one) => /^q=(.*)$/i.exec(one)?.[1]).find((q) => q !== undefined);
    return [{ type: type.toLowerCase(), quality: readQuality(weight) }];
  });
}

/**
 * An invalid weight such as `q=high` counts as no weight, which means 1. RFC 9110 wants a leading zero and at most three
 * decimals, but programs write other numbers too: Java itself sends `q=.2`.
 */
function readQuality(weight = ""): number {
  return /^(0?\.\d+|0\.?|1(\.0*)?)$/.test(weight) ? Number(weight) : 1;
}
