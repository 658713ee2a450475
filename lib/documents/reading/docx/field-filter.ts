import { textOf, type XmlElement } from "#lib/documents/reading/office/xml-tree.ts";

interface Field {
  instruction: string;
  hasResult: boolean;
}

/**
 * Follows the fields of a document, which begin, separate and end in runs of their own (ECMA-376 part 1, 17.16.18). The
 * instruction of a field is no text, and may itself hold fields with results.
 */
export function fieldFilter() {
  const open: Field[] = [];
  return {
    /** Returns whether the element is a field's own. */
    accept(node: XmlElement): boolean {
      const field = open.at(-1);
      if (node.name === "w:instrText") {
        if (field && !field.hasResult) field.instruction += textOf(node);
        return true;
      }
      if (node.name !== "w:fldChar") return false;
      const type = node.attributes["w:fldCharType"];
      if (type === "begin") open.push({ instruction: "", hasResult: false });
      else if (type === "separate" && field) field.hasResult = true;
      else if (type === "end") open.pop();
      return true;
    },
    isInstruction: (): boolean => open.some(({ hasResult }) => !hasResult),
    instruction: (): string | undefined => open.at(-1)?.instruction,
  };
}
