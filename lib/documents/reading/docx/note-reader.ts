import {
  childrenNamed,
  elementsOf,
  type XmlElement,
} from "#lib/documents/reading/office/xml-tree.ts";
import { formatNumber } from "./number-format.ts";
import { valueAt } from "./paragraph-styles.ts";

interface NoteParts {
  footnotes: XmlElement | undefined;
  endnotes: XmlElement | undefined;
  settings: XmlElement | undefined;
}

/** Returns a function that gives the notes of a document in the order of their references, each with its mark. */
export function noteReader({ footnotes, endnotes, settings }: NoteParts) {
  const kinds = {
    footnote: {
      notes: childrenNamed(footnotes, "w:footnote"),
      format: valueAt(settings, "w:footnotePr", "w:numFmt") ?? "decimal",
      count: 0,
    },
    endnote: {
      notes: childrenNamed(endnotes, "w:endnote"),
      format: valueAt(settings, "w:endnotePr", "w:numFmt") ?? "lowerRoman",
      count: 0,
    },
  };
  return (kind: keyof typeof kinds, id: string) => {
    const { notes, format } = kinds[kind];
    const note = notes.find(({ attributes }) => attributes["w:id"] === id);
    if (note === undefined) return undefined;
    kinds[kind].count += 1;
    return { mark: formatNumber(kinds[kind].count, format), blocks: elementsOf(note) };
  };
}
