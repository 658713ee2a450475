import { childAt, childrenNamed, type XmlElement } from "#lib/documents/reading/office/xml-tree.ts";

/** What the styles of a document say about a paragraph or a run. A nearer style wins over the style that it is based on. */
export interface Style {
  id: string;
  name: string;
  /** From 1. */
  headingLevel?: number | undefined;
  numberingId?: string | undefined;
  numberingLevel?: number | undefined;
  isHidden?: boolean | undefined;
  /** Six hexadecimal digits. */
  color?: string | undefined;
  isShaded?: boolean | undefined;
  verticalAlignment?: string | undefined;
}

export type Styles = ReadonlyMap<string, Style>;

export function readStyles(root: XmlElement | undefined): Styles {
  const elements = new Map(
    childrenNamed(root, "w:style").map((style) => [style.attributes["w:styleId"] ?? "", style]),
  );
  const styles = new Map<string, Style>();
  for (const id of elements.keys()) styles.set(id, resolve(id, elements));
  return styles;
}

function resolve(id: string, elements: Map<string, XmlElement>): Style {
  const chain: XmlElement[] = [];
  let at = elements.get(id);
  while (at !== undefined && !chain.includes(at)) {
    chain.push(at);
    at = elements.get(childAt(at, "w:basedOn")?.attributes["w:val"] ?? "");
  }
  const first = <Value>(read: (style: XmlElement) => Value | undefined): Value | undefined =>
    chain.map(read).find((value) => value !== undefined);
  return {
    id,
    name: childAt(chain[0], "w:name")?.attributes["w:val"] ?? "",
    headingLevel: first((style) => outlineLevel(childAt(style, "w:pPr")) ?? namedLevel(style)),
    numberingId: first((style) => valueAt(style, "w:pPr", "w:numPr", "w:numId")),
    numberingLevel: first((style) => numberAt(style, "w:pPr", "w:numPr", "w:ilvl")),
    isHidden: first((style) => isOn(childAt(style, "w:rPr", "w:vanish"))),
    color: first((style) => valueAt(style, "w:rPr", "w:color")),
    verticalAlignment: first((style) => valueAt(style, "w:rPr", "w:vertAlign")),
    isShaded: first(
      (style) => isShaded(childAt(style, "w:pPr")) ?? isShaded(childAt(style, "w:rPr")),
    ),
  };
}

/** Returns the level of a heading from 1, or 0 if the properties say that the paragraph is none. */
export function outlineLevel(properties: XmlElement | undefined): number | undefined {
  const level = numberAt(properties, "w:outlineLvl");
  if (level === undefined) return undefined;
  return level >= 0 && level <= 8 ? level + 1 : 0;
}

/** Some producers mark headings by the name of the style alone. Word stores its own names in English. */
function namedLevel(style: XmlElement): number | undefined {
  const name = childAt(style, "w:name")?.attributes["w:val"] ?? "";
  if (/^title$/i.test(name)) return 1;
  const level = /^heading (\d)$/i.exec(name)?.[1];
  return level === undefined ? undefined : Number(level);
}

/** Returns whether a background is declared; undefined if the properties say nothing. */
export function isShaded(properties: XmlElement | undefined): boolean | undefined {
  const shading = childAt(properties, "w:shd")?.attributes;
  const highlight = childAt(properties, "w:highlight")?.attributes["w:val"];
  if (highlight !== undefined && !/^(none|white)$/i.test(highlight)) return true;
  if (shading === undefined) return undefined;
  const isPattern = !/^(clear|nil)$/i.test(shading["w:val"] ?? "clear");
  const fill = shading["w:fill"] ?? "auto";
  return isPattern || shading["w:themeFill"] !== undefined || !/^(auto|f{6})$/i.test(fill);
}

/** A property is on if it is there, unless its value says otherwise. */
export function isOn(property: XmlElement | undefined): boolean | undefined {
  if (property === undefined) return undefined;
  return !/^(0|false|off)$/.test(property.attributes["w:val"] ?? "");
}

export const valueAt = (element: XmlElement | undefined, ...path: string[]): string | undefined =>
  childAt(element, ...path)?.attributes["w:val"];

export function numberAt(element: XmlElement | undefined, ...path: string[]): number | undefined {
  const value = Number.parseInt(valueAt(element, ...path) ?? "", 10);
  return Number.isNaN(value) ? undefined : value;
}
