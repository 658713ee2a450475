/** Returns the text for a name from the wire, or undefined if this page does not know the name yet. */
export function wordFor(words: Record<string, string>, name: string): string | undefined {
  return Object.hasOwn(words, name) ? words[name] : undefined;
}
