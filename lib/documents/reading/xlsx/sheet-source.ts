import {
  childAt,
  childrenNamed,
  elementsOf,
  type XmlElement,
} from "#lib/documents/reading/office/xml-tree.ts";

/** What the library does not tell about a sheet. */
export interface SheetSource {
  formulasWithoutResult: number;
  /** White on white: references such as "B2". */
  unseenCells: Set<string>;
}

const formulaWithoutResult =
  /<(?:\w+:)?f(?:\s[^>]*)?(?:\/>|>[^<]*<\/(?:\w+:)?f>)\s*(?:<(?:\w+:)?v\s*\/>|<(?:\w+:)?v>\s*<\/(?:\w+:)?v>)?\s*<\/(?:\w+:)?c>/g;

export function scanSheet(content: Uint8Array, unseenStyles: ReadonlySet<string>): SheetSource {
  const text = new TextDecoder().decode(content);
  return {
    formulasWithoutResult: text.match(formulaWithoutResult)?.length ?? 0,
    unseenCells: unseenStyles.size > 0 ? unseenCells(text, unseenStyles) : new Set(),
  };
}

function unseenCells(text: string, unseenStyles: ReadonlySet<string>): Set<string> {
  const cells = new Set<string>();
  // A table or a rule may color the background.
  if (/<(?:\w+:)?(tablePart|conditionalFormatting)\b/.test(text)) return cells;
  for (const [, attributes = ""] of text.matchAll(/<(?:\w+:)?c(\s[^>]*)>/g)) {
    const style = /\ss="(\d+)"/.exec(attributes)?.[1];
    const reference = /\sr="([A-Z]+\d+)"/.exec(attributes)?.[1];
    if (style && reference && unseenStyles.has(style)) cells.add(reference);
  }
  return cells;
}

/** Returns the numbers of the cell formats with a white font and no background. */
export function unseenStyles(styles: XmlElement | undefined): Set<string> {
  const fonts = childrenNamed(childAt(styles, "fonts"), "font");
  const fills = childrenNamed(childAt(styles, "fills"), "fill");
  const unseen = new Set<string>();
  childrenNamed(childAt(styles, "cellXfs"), "xf").forEach(({ attributes }, index) => {
    const font = fonts[Number(attributes.fontId ?? 0)];
    const fill = fills[Number(attributes.fillId ?? 0)];
    if (isWhite(childAt(font, "color")) && !isFilled(fill)) unseen.add(String(index));
  });
  return unseen;
}

function isFilled(fill: XmlElement | undefined): boolean {
  const pattern = childAt(fill, "patternFill");
  if (pattern === undefined) return elementsOf(fill).length > 0;
  const type = pattern.attributes.patternType ?? "none";
  return type !== "none" && !(type === "solid" && isWhite(childAt(pattern, "fgColor")));
}

/** The first color of a theme is that of its background. */
function isWhite(color: XmlElement | undefined): boolean {
  const { rgb, theme, tint } = color?.attributes ?? {};
  return /^(?:ff|00)?(?:f.){3}$/i.test(rgb ?? "") || (theme === "0" && tint === undefined);
}
