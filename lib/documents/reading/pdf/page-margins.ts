import { isPageNumberOnly } from "#lib/documents/reading/page-number.ts";
import { type Line, lineText } from "./page-lines.ts";

export interface PageLines {
  lines: Line[];
  height: number;
}

/** In parts of the page's height. */
const margin = 0.1;

/**
 * Returns the lines of each page that are part of its text. A page number is dropped. A header or footer that repeats on pages stays
 * where it stands first.
 */
export function withoutRepeatedMargins(pages: PageLines[]): Line[][] {
  const counts = new Map<string, number>();
  for (const page of pages) {
    for (const key of new Set(marginLines(page).map(keyOf)))
      counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const least = pages.length === 2 ? 2 : 3;
  const seen = new Set<string>();
  return pages.map((page) => {
    const dropped = new Set<Line>();
    for (const line of marginLines(page)) {
      const key = keyOf(line);
      if (isPageNumberOnly(lineText(line))) dropped.add(line);
      else if ((counts.get(key) ?? 0) >= least) {
        if (seen.has(key)) dropped.add(line);
        seen.add(key);
      }
    }
    return page.lines.filter((line) => !dropped.has(line));
  });
}

/** Pages differ in their numbers. */
const keyOf = (line: Line): string => lineText(line).replace(/\d+/g, "#");

/** At most three lines at either end: a text may begin high on its page. */
function marginLines({ lines, height }: PageLines): Line[] {
  const top = lines.filter(({ baseline }) => baseline < height * margin).slice(0, 3);
  const bottom = lines.filter(({ baseline }) => baseline > height * (1 - margin)).slice(-3);
  return [...new Set([...top, ...bottom])];
}
