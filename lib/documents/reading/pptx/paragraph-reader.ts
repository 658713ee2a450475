import { formatNumber } from "#lib/documents/reading/docx/number-format.ts";
import { mathText } from "#lib/documents/reading/office/math-text.ts";
import { raisedText } from "#lib/documents/reading/office/raised-text.ts";
import {
  childAt,
  descendantsNamed,
  elementsOf,
  textOf,
  type XmlElement,
} from "#lib/documents/reading/office/xml-tree.ts";
import type { Block } from "#lib/documents/reading/read-document.ts";
import { isTitle, placeholderModels, type Shape } from "./shapes.ts";
import type { SlideParts } from "./slide-parts.ts";

/** Reads the paragraphs of a shape. A bullet may be set in the paragraph, the shape, its layout or the master. */
export function paragraphReader(
  shape: Shape,
  parts: SlideParts | undefined,
  isUnseen: (run: XmlElement) => boolean,
) {
  const listStyles = listStylesOf(shape, parts);
  let counts: number[] = [];
  let hasUnseenText = false;

  function block(paragraph: XmlElement): Block | undefined {
    const text = runsText(paragraph, (run) => {
      if (!isUnseen(run)) return false;
      hasUnseenText = true;
      return true;
    });
    if (text === "") return undefined;
    if (isTitle(shape)) return { kind: "heading", level: 1, text: text.replaceAll("\n", " ") };
    const properties = childAt(paragraph, "a:pPr");
    const depth = Math.min(Math.max(Number(properties?.attributes.lvl ?? 0) || 0, 0), 8);
    const marker = markerOf(properties, depth);
    return marker === undefined
      ? { kind: "paragraph", text }
      : { kind: "item", depth, marker, text };
  }

  function markerOf(properties: XmlElement | undefined, depth: number): string | undefined {
    const levels = listStyles.map((style) => childAt(style, `a:lvl${depth + 1}pPr`));
    const bullet = [properties, ...levels].map(bulletOf).find(Boolean);
    counts = counts.slice(0, depth + 1);
    if (bullet?.name !== "a:buAutoNum") counts = counts.slice(0, depth);
    if (bullet === undefined || bullet.name === "a:buNone") return undefined;
    if (bullet.name !== "a:buAutoNum") return "•";
    const { type = "arabicPeriod", startAt = "1" } = bullet.attributes;
    const number = (counts[depth] ?? Number(startAt) - 1) + 1;
    counts[depth] = number;
    return automaticMarker(number, type);
  }

  return {
    blocks: (paragraphs: XmlElement[]): Block[] =>
      paragraphs.flatMap((paragraph) => block(paragraph) ?? []),
    hasUnseenText: () => hasUnseenText,
  };
}

/** Returns a paragraph's text. A line break is "\n"; blanks at the ends are layout. */
export function runsText(paragraph: XmlElement, skip: (run: XmlElement) => boolean): string {
  return elementsOf(paragraph)
    .map((node) => {
      if (node.name === "a:br") return "\n";
      if (node.name === "a:fld" && node.attributes.type === "slidenum") return "";
      if (node.name === "a:r" || node.name === "a:fld") return skip(node) ? "" : runText(node);
      return descendantsNamed(childAt(node, "mc:Choice") ?? node, "m:oMath")
        .map(mathText)
        .join(" ");
    })
    .join("")
    .replaceAll("\u00ad", "")
    .replace(/_x000B_|\v/g, "\n")
    .replace(/[^\S\n]+/g, " ")
    .replace(/ ?\n ?/g, "\n")
    .trim();
}

function runText(run: XmlElement): string {
  const text = textOf(childAt(run, "a:t"));
  return Number(childAt(run, "a:rPr")?.attributes.baseline ?? 0) > 0 ? raisedText(text) : text;
}

const bulletOf = (properties: XmlElement | undefined): XmlElement | undefined =>
  elementsOf(properties).find(({ name }) => /^a:bu(None|Char|AutoNum|Blip)$/.test(name));

function listStylesOf(shape: Shape, parts: SlideParts | undefined): (XmlElement | undefined)[] {
  const { placeholder } = shape;
  const models = placeholderModels(placeholder, parts);
  const styles = childAt(parts?.master, "p:txStyles");
  const isBody = placeholder && /^(body|obj|subTitle)$/.test(placeholder.type);
  return [
    ...[shape.element, ...models].map((element) => childAt(element, "p:txBody", "a:lstStyle")),
    childAt(styles, isBody ? "p:bodyStyle" : "p:otherStyle"),
  ];
}

/** ECMA-376 part 1, 20.1.10.61: the format of the number and what stands around it. */
function automaticMarker(number: number, type: string): string {
  const [, format = "arabic", around = "Period"] =
    /^(.*?)(Period|ParenR|ParenBoth|Plain|Minus)?$/.exec(type) ?? [];
  const text = formatNumber(number, numberFormats[format] ?? "decimal");
  if (around === "ParenBoth") return `(${text})`;
  return `${text}${{ Period: ".", ParenR: ")", Minus: " -" }[around] ?? ""}`;
}

const numberFormats: Record<string, string> = {
  alphaLc: "lowerLetter",
  alphaUc: "upperLetter",
  romanLc: "lowerRoman",
  romanUc: "upperRoman",
  circleNumDb: "decimalEnclosedCircle",
  ea1Chs: "chineseCounting",
  ea1Cht: "chineseCounting",
  ea1JpnKor: "chineseCounting",
};
