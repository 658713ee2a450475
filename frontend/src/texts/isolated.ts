/** Wraps a user's text in isolates (UAX 9), so that right-to-left text does not reorder the words around it. */
export function isolated(text: string): string {
  return `\u2068${text}\u2069`;
}
