/**
 * Signs of which nothing is seen: white space, controls, and what Unicode lets a font ignore (joiners, marks of direction,
 * variation selectors). The last three stand in none of these lists: the anchors of annotations, and the empty Braille cell.
 */
const unseen = /^[\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u2800]*$/u;

/** Whether a person sees nothing of a text. */
export const isBlank = (text: string): boolean => unseen.test(text);

/** A text without the blank lines at its ends. The first line keeps its indentation: it may be code. */
export function withoutBlankLines(text: string): string {
  // Lines at even places, the breaks between them at odd ones.
  const parts = text.split(/(\r\n|[\n\r\u2028\u2029])/);
  const isSeen = (part: string, place: number) => place % 2 === 0 && !isBlank(part);
  const first = parts.findIndex(isSeen);
  return first === -1 ? "" : parts.slice(first, parts.findLastIndex(isSeen) + 1).join("");
}
