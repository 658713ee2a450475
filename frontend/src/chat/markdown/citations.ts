/** A piece of a text. `source` is the number that the piece cites. */
export interface CitedPiece {
  text: string;
  source?: number;
}

/** `[1]`, `[1, 2]`, `[1;2]`. */
const citation = /\[\d{1,3}(?:[,;] ?\d{1,3})*\]/g;

/** Returns whether a text has the form of a citation somewhere. */
export const mayCite = (text: string): boolean => text.search(citation) !== -1;

/** Cuts a text before and after each number that cites one of the sources. Other numbers in brackets stay text. */
export function citedPieces(text: string, isSource: (index: number) => boolean): CitedPiece[] {
  const pieces: CitedPiece[] = [];
  let from = 0;
  const add = (to: number, source?: number) => {
    if (to > from) pieces.push({ text: text.slice(from, to), ...(source && { source }) });
    from = to;
  };
  for (const { 0: found, index } of text.matchAll(citation)) {
    for (const number of found.matchAll(/\d+/g)) {
      const source = Number(number[0]);
      if (!isSource(source)) continue;
      // The brackets of a single number belong to its link.
      const margin = number[0].length + 2 === found.length ? 1 : 0;
      const start = index + number.index - margin;
      add(start);
      add(start + number[0].length + 2 * margin, source);
    }
  }
  add(text.length);
  return pieces;
}
