import { DocumentFault, type ReadLimits } from "#lib/documents/reading/document-file.ts";
import { childrenNamed, parseXml, type XmlElement } from "./xml-tree.ts";
import { type ZipParts, zipParts } from "./zip-parts.ts";

/** A part of an office file that another part refers to. */
export interface Relationship {
  id: string;
  /** The last word of its type, such as "slide" or "notesSlide". */
  type: string;
  /** Its name in the file. */
  target: string;
}

export interface OfficePackage {
  zip: ZipParts;
  /** The name of the part where reading begins. */
  main: string;
  xml(name: string): XmlElement | undefined;
  /** What a part refers to inside the file. The part "" refers to the main part. */
  relationships(name: string): Relationship[];
}

/**
 * Opens a file in Office Open XML (ECMA-376 part 2).
 * @param product what the file should be, for the sentence that says that it is not, such as "Word document"
 * @param folder where producers that declare no main part keep it, such as "word/document.xml"
 */
export function openPackage(
  bytes: Uint8Array,
  limits: ReadLimits,
  { product, usualMain }: { product: string; usualMain: string },
): OfficePackage {
  const zip = zipParts(bytes, limits);
  const xml = (name: string) => {
    const content = zip.read(name);
    return content && parseXml(content);
  };
  // Each slide refers to the same layouts, so they are read once.
  const known = new Map<string, Relationship[]>();
  const relationships = (name: string) => {
    const all = known.get(name) ?? readRelationships(xml(relationshipsOf(name)), name);
    known.set(name, all);
    return all;
  };
  const declared = relationships("").find(({ type }) => type === "officeDocument")?.target;
  const main = [declared, usualMain].find((name) => name !== undefined && has(zip, name));
  const isOther = main !== undefined && main.split("/")[0] !== usualMain.split("/")[0];
  if (main === undefined || (isOther && /^(word|ppt|xl)\//.test(main)))
    throw new DocumentFault(`The file is not a ${product}, or its main part is missing.`);
  return { zip, main, xml, relationships };
}

const has = ({ names }: ZipParts, name: string): boolean =>
  names.some((other) => other.toLowerCase() === name.toLowerCase());

function relationshipsOf(name: string): string {
  const slash = name.lastIndexOf("/");
  return `${name.slice(0, slash + 1)}_rels/${name.slice(slash + 1)}.rels`;
}

function readRelationships(root: XmlElement | undefined, name: string): Relationship[] {
  return childrenNamed(root, "Relationship")
    .filter(({ attributes }) => attributes.TargetMode !== "External")
    .map(({ attributes }) => ({
      id: attributes.Id ?? "",
      type: attributes.Type?.split("/").at(-1) ?? "",
      target: resolveTarget(attributes.Target ?? "", name),
    }));
}

/** A target is relative to the folder of the part that refers to it. */
function resolveTarget(target: string, from: string): string {
  const base = new URL(`file:///${from}`);
  try {
    return decodeURIComponent(new URL(target, base).pathname).slice(1);
  } catch {
    return target;
  }
}
