/** The names that are not rare. `rare-markdown.tsx` adds the others: all 2,125 names of HTML 5 would take 12 KB. */
const characters = new Map(
  Object.entries({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" }),
);

/** Returns the character for a name between `&` and `;`; false for an unknown name, which then stays text. */
export const decodeNamedCharacterReference = (name: string): string | false =>
  characters.get(name) ?? false;

export function addNamedCharacters(more: Record<string, string>): void {
  for (const [name, character] of Object.entries(more)) characters.set(name, character);
}
