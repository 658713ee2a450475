import {
  childAt,
  childrenNamed,
  descendantsNamed,
  type XmlElement,
} from "#lib/documents/reading/office/xml-tree.ts";
import { isOn } from "./paragraph-styles.ts";

/** Returns the headers and footers that the pages of a document show, in order. */
export function marginParts(
  body: XmlElement,
  settings: XmlElement | undefined,
  partOf: (relationshipId: string) => XmlElement | undefined,
): { headers: XmlElement[]; footers: XmlElement[] } {
  const hasEvenPages = isOn(childAt(settings, "w:evenAndOddHeaders")) ?? false;
  const sections = descendantsNamed(body, "w:sectPr");
  const shown = (name: string) => {
    const ids = sections.flatMap((section) =>
      childrenNamed(section, name)
        .filter(({ attributes }) => isShown(attributes["w:type"], section, hasEvenPages))
        .map(({ attributes }) => attributes["r:id"] ?? ""),
    );
    return [...new Set(ids)].flatMap((id) => partOf(id) ?? []);
  };
  return { headers: shown("w:headerReference"), footers: shown("w:footerReference") };
}

function isShown(type: string | undefined, section: XmlElement, hasEvenPages: boolean): boolean {
  if (type === "first") return isOn(childAt(section, "w:titlePg")) ?? false;
  return type !== "even" || hasEvenPages;
}
