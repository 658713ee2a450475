/**
 * Matches a text without visible characters: white space, controls, and what Unicode lets a font ignore, such as joiners,
 * direction marks and variation selectors. No Unicode property covers the last two ranges: U+FFF9 to U+FFFB, the
 * anchors of interlinear annotations, and U+2800, the empty Braille cell.
 */
const invisible = /^[\p{White_Space}\p{Cc}\p{Default_Ignorable_Code_Point}\ufff9-\ufffb\u2800]*$/u;

/** Returns whether a text has no visible character. */
export const isBlank = (text: string): boolean => invisible.test(text);

/** Returns the text without blank lines at both ends. Keeps the first line's indentation, because the line may be code. */
export function withoutBlankLines(text: string): string {
  // Lines have even indexes, and the line breaks between them odd indexes.
  const parts = text.split(/(\r\n|[\n\r\u2028\u2029])/);
  const isVisibleLine = (part: string, index: number) => index % 2 === 0 && !isBlank(part);
  const first = parts.findIndex(isVisibleLine);
  return first === -1 ? "" : parts.slice(first, parts.findLastIndex(isVisibleLine) + 1).join("");
}
