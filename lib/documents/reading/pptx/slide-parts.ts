import type { OfficePackage } from "#lib/documents/reading/office/office-package.ts";
import type { XmlElement } from "#lib/documents/reading/office/xml-tree.ts";

/** A slide and the parts that decide how it looks. */
export interface SlideParts {
  slide: XmlElement;
  layout: XmlElement | undefined;
  master: XmlElement | undefined;
  theme: XmlElement | undefined;
  notes: XmlElement | undefined;
  /** Returns the part that the slide refers to by this id. */
  related(id: string | undefined): XmlElement | undefined;
}

const cached = new WeakMap<OfficePackage, Map<string, XmlElement | undefined>>();

export function slideParts(file: OfficePackage, name: string): SlideParts | undefined {
  const slide = file.xml(name);
  if (slide === undefined) return undefined;
  const relationships = file.relationships(name);
  const nameOf = (from: string | undefined, type: string) =>
    from === undefined
      ? undefined
      : file.relationships(from).find((relationship) => relationship.type === type)?.target;
  const layout = nameOf(name, "slideLayout");
  const master = nameOf(layout, "slideMaster");
  return {
    slide,
    layout: shared(file, layout),
    master: shared(file, master),
    theme: shared(file, nameOf(master, "theme")),
    notes: file.xml(nameOf(name, "notesSlide") ?? ""),
    related(id) {
      const target = relationships.find((relationship) => relationship.id === id)?.target;
      return target === undefined ? undefined : file.xml(target);
    },
  };
}

/** All slides share their layouts and masters, so each is parsed once. */
function shared(file: OfficePackage, name: string | undefined): XmlElement | undefined {
  if (name === undefined) return undefined;
  const parts = cached.get(file) ?? new Map<string, XmlElement | undefined>();
  cached.set(file, parts);
  if (!parts.has(name)) parts.set(name, file.xml(name));
  return parts.get(name);
}
