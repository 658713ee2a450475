/** Units `from` to `to` of the string with this index. */
export interface FoundRun {
  item: number;
  from: number;
  to: number;
}

/**
 * Returns where words stand in the strings of a page, every time they occur. Compares only letters and digits: a page breaks
 * and hyphenates lines, and spaces are no part of its strings.
 */
export function findWords(items: readonly string[], words: string): FoundRun[] {
  const wanted = lettersOf(words);
  if (wanted === "") return [];
  let page = "";
  const places: { item: number; unit: number }[] = [];
  items.forEach((text, item) => {
    for (let unit = 0; unit < text.length; unit += 1) {
      const letters = lettersOf(text.charAt(unit));
      page += letters;
      for (let count = 0; count < letters.length; count += 1) places.push({ item, unit });
    }
  });
  const runs: FoundRun[] = [];
  for (let at = page.indexOf(wanted); at !== -1; at = page.indexOf(wanted, at + wanted.length)) {
    runs.push(...runsOf(items, places.slice(at, at + wanted.length)));
  }
  return runs;
}

/** A ligature becomes its letters. Halves of a surrogate pair are kept. */
const lettersOf = (text: string) =>
  text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{M}\p{N}\p{Cs}]/gu, "");

/** Spaces and signs between two letters belong to the runs, also when they are strings of their own. */
function runsOf(items: readonly string[], places: { item: number; unit: number }[]): FoundRun[] {
  const [first, last] = [places[0], places.at(-1)];
  if (first === undefined || last === undefined) return [];
  return items
    .map((text, item) => ({
      item,
      from: item === first.item ? first.unit : 0,
      to: item === last.item ? last.unit + 1 : text.length,
    }))
    .slice(first.item, last.item + 1)
    .filter(({ from, to }) => from < to);
}
