/** A text of somebody's for the middle of a sentence: whichever way it is written, the words around it keep theirs (UAX 9). */
export function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}
