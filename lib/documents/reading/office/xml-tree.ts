import { Parser } from "htmlparser2";
import { DocumentFault } from "#lib/documents/reading/document-file.ts";
import { byteOrderMark } from "#lib/platform/decode-text.ts";

export interface XmlElement {
  /** With the prefix that `prefixes` gives its namespace, whatever the file's own prefix is. */
  name: string;
  attributes: Record<string, string>;
  children: XmlNode[];
}

export type XmlNode = XmlElement | string;

/** A producer may choose its prefixes: ElementTree writes ns0:p where Word writes w:p. */
const prefixes: Record<string, string> = {
  "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "w",
  "http://purl.oclc.org/ooxml/wordprocessingml/main": "w",
  "http://schemas.openxmlformats.org/presentationml/2006/main": "p",
  "http://purl.oclc.org/ooxml/presentationml/main": "p",
  "http://schemas.openxmlformats.org/drawingml/2006/main": "a",
  "http://purl.oclc.org/ooxml/drawingml/main": "a",
  "http://schemas.openxmlformats.org/drawingml/2006/chart": "c",
  "http://purl.oclc.org/ooxml/drawingml/chart": "c",
  "http://schemas.openxmlformats.org/drawingml/2006/diagram": "dgm",
  "http://schemas.microsoft.com/office/drawing/2008/diagram": "dsp",
  "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing": "wp",
  "http://purl.oclc.org/ooxml/drawingml/wordprocessingDrawing": "wp",
  "http://schemas.openxmlformats.org/officeDocument/2006/relationships": "r",
  "http://purl.oclc.org/ooxml/officeDocument/relationships": "r",
  "http://schemas.openxmlformats.org/officeDocument/2006/math": "m",
  "http://purl.oclc.org/ooxml/officeDocument/math": "m",
  "http://schemas.openxmlformats.org/markup-compatibility/2006": "mc",
  "http://schemas.microsoft.com/office/word/2010/wordprocessingShape": "wps",
  "http://schemas.microsoft.com/office/word/2010/wordml": "w14",
  "http://schemas.openxmlformats.org/package/2006/relationships": "",
  "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "",
  "http://purl.oclc.org/ooxml/spreadsheetml/main": "",
  "urn:schemas-microsoft-com:vml": "v",
  "http://schemas.openxmlformats.org/package/2006/metadata/core-properties": "cp",
};

/** Deeper than any text is nested. A recursive walk stays within the stack. */
const maxOpenElements = 500;

/**
 * Parses one part of an office file. Comments are dropped and entities of a document type are not expanded.
 * @throws DocumentFault if the part is nested too deeply or is no XML
 */
export function parseXml(bytes: Uint8Array): XmlElement {
  const root: XmlElement = { name: "", attributes: {}, children: [] };
  const open = [root];
  const scopes = [new Map<string, string>()];
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        if (open.length > maxOpenElements)
          throw new DocumentFault("The file is nested too deeply to be read.");
        const scope = withNamespaces(scopes.at(-1) ?? new Map(), attributes);
        const element = {
          name: canonicalName(name, scope, true),
          attributes: canonicalAttributes(attributes, scope),
          children: [],
        };
        open.at(-1)?.children.push(element);
        open.push(element);
        scopes.push(scope);
      },
      ontext(text) {
        const { children } = open.at(-1) ?? root;
        const last = children.at(-1);
        if (typeof last === "string") children[children.length - 1] = last + text;
        else children.push(text);
      },
      onclosetag() {
        open.pop();
        scopes.pop();
      },
    },
    { xmlMode: true, decodeEntities: true },
  );
  parser.write(decodeXml(bytes));
  parser.end();
  const first = root.children.find((node) => typeof node !== "string");
  if (first === undefined) throw new DocumentFault("The file is damaged: a part of it is no XML.");
  return first;
}

/** XML is UTF-8 or UTF-16; UTF-16 begins with a byte order mark. */
const decodeXml = (bytes: Uint8Array): string =>
  (byteOrderMark(bytes) ?? new TextDecoder()).decode(bytes);

function withNamespaces(
  scope: Map<string, string>,
  attributes: Record<string, string>,
): Map<string, string> {
  const declared = Object.keys(attributes).filter((name) => /^xmlns(:|$)/.test(name));
  if (declared.length === 0) return scope;
  const inner = new Map(scope);
  for (const name of declared) inner.set(name.slice(6), attributes[name] ?? "");
  return inner;
}

function canonicalName(name: string, scope: Map<string, string>, isElement: boolean): string {
  const colon = name.indexOf(":");
  // An attribute without a prefix belongs to no namespace.
  if (colon === -1 && !isElement) return name;
  const prefix = colon === -1 ? "" : name.slice(0, colon);
  const canonical = prefixes[scope.get(prefix) ?? ""];
  if (canonical === undefined) return name;
  const local = name.slice(colon + 1);
  return canonical === "" ? local : `${canonical}:${local}`;
}

function canonicalAttributes(
  attributes: Record<string, string>,
  scope: Map<string, string>,
): Record<string, string> {
  const canonical: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(attributes)) {
    if (!name.startsWith("xmlns")) canonical[canonicalName(name, scope, false)] = value;
  }
  return canonical;
}

export const elementsOf = (element: XmlElement | undefined): XmlElement[] =>
  element === undefined ? [] : element.children.filter((node) => typeof node !== "string");

export const childrenNamed = (element: XmlElement | undefined, name: string): XmlElement[] =>
  elementsOf(element).filter((child) => child.name === name);

/** Returns the element at the end of a path of child names. */
export function childAt(
  element: XmlElement | undefined,
  ...path: string[]
): XmlElement | undefined {
  let at = element;
  for (const name of path) at = elementsOf(at).find((child) => child.name === name);
  return at;
}

/** Returns all elements of a name under an element, in document order. */
export function descendantsNamed(element: XmlElement | undefined, name: string): XmlElement[] {
  return elementsOf(element).flatMap((child) => [
    ...(child.name === name ? [child] : []),
    ...descendantsNamed(child, name),
  ]);
}

export const textOf = (element: XmlElement | undefined): string =>
  element === undefined
    ? ""
    : element.children.map((node) => (typeof node === "string" ? node : textOf(node))).join("");
