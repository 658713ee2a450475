/** The word for a name that comes over the wire; undefined for one that this page does not know yet. */
export function wordFor(words: Record<string, string>, name: string): string | undefined {
  return Object.hasOwn(words, name) ? words[name] : undefined;
}
