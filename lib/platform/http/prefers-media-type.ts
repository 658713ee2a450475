import { readAccept, type Weighted } from "./read-accept.ts";

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
function bestMatch(ranges: Weighted[], type: string): { quality: number; precision: number } {
  const [group] = type.split("/");
  const patterns = ["*/*", `${group}/*`, type];
  for (const precision of [2, 1, 0]) {
    const matches = ranges.filter((range) => range.name === patterns[precision]);
    if (matches.length === 0) continue;
    return { quality: Math.max(...matches.map(({ quality }) => quality)), precision };
  }
  return { quality: 0, precision: 0 };
}
