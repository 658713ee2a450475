/**
 * What mammoth's HTML does not tell about a paragraph is put in front of its text, between two characters of Unicode's private use
 * area. The document's own text loses these two characters.
 */
export type BlockMark =
  | { kind: "heading"; level: number; marker: string }
  | { kind: "item"; depth: number; marker: string };

const open = "\ue0f0";
const close = "\ue0f1";
const marked = /\ue0f0([^\ue0f1]*)\ue0f1/g;

export const writeMark = (mark: BlockMark): string => open + JSON.stringify(mark) + close;

export const withoutMarkCharacters = (text: string): string => text.replace(/[\ue0f0\ue0f1]/g, "");

/** A paragraph that goes on after a deleted paragraph mark may hold two marks. The first is the one that is shown. */
export function readMark(text: string): { mark: BlockMark | undefined; text: string } {
  const [, first] = [...text.matchAll(marked)][0] ?? [];
  return {
    mark: first === undefined ? undefined : JSON.parse(first),
    text: text.replace(marked, ""),
  };
}
