import { childAt, elementsOf, type XmlElement } from "#lib/documents/reading/office/xml-tree.ts";
import { type Box, type Shape, shapesOf } from "./shapes.ts";
import type { SlideParts } from "./slide-parts.ts";

/**
 * Returns whether a run cannot be read on its slide: smaller than one point, transparent, or white where nothing but a white background
 * is behind it. Is cautious: a picture or a filled shape behind the text makes white text readable.
 */
export function isUnseenText(
  run: XmlElement,
  shape: Shape,
  parts: SlideParts,
  shapes: Shape[],
): boolean {
  const properties = childAt(run, "a:rPr");
  if (Number(properties?.attributes.sz ?? 1800) <= 100) return true;
  if (childAt(properties, "a:noFill") && !childAt(properties, "a:ln")) return true;
  const fill = childAt(properties, "a:solidFill");
  const alpha = childAt(elementsOf(fill)[0], "a:alpha")?.attributes.val;
  if (alpha !== undefined && Number(alpha) === 0) return true;
  if (!isWhite(fill, parts)) return false;
  const layers = [parts.slide, parts.layout, parts.master];
  const background = layers.map((layer) => childAt(layer, "p:cSld", "p:bg")).find(Boolean);
  const ownFill = childAt(background, "p:bgPr");
  const reference = childAt(background, "p:bgRef");
  const isWhiteBackground =
    background === undefined ||
    isWhite(childAt(ownFill, "a:solidFill"), parts) ||
    (reference !== undefined && isWhite(reference, parts));
  if (!isWhiteBackground) return false;
  const behind = [...shapes, ...shapesOf(parts.layout, parts), ...shapesOf(parts.master, parts)];
  return !behind.some((other) => paints(other) && overlaps(other.box, shape.box));
}

function paints({ element }: Shape): boolean {
  if (element.name !== "p:sp") return element.name === "p:pic";
  const properties = childAt(element, "p:spPr");
  if (childAt(properties, "a:noFill")) return false;
  const isFilled = elementsOf(properties).some(({ name }) =>
    /^a:(solidFill|gradFill|blipFill|pattFill|grpFill)$/.test(name),
  );
  const style = childAt(element, "p:style", "a:fillRef")?.attributes.idx;
  return isFilled || (style !== undefined && style !== "0");
}

function overlaps(first: Box | undefined, second: Box | undefined): boolean {
  if (first === undefined || second === undefined) return true;
  return (
    first.x < second.x + second.width &&
    second.x < first.x + first.width &&
    first.y < second.y + second.height &&
    second.y < first.y + first.height
  );
}

/** Takes an element that holds a color. Colors of the theme are looked up by the master's map. */
function isWhite(holder: XmlElement | undefined, parts: SlideParts): boolean {
  const color = elementsOf(holder)[0];
  if (color === undefined || elementsOf(color).some(({ name }) => /lum|shade|tint/.test(name)))
    return false;
  const value = color.attributes.val ?? "";
  if (color.name === "a:srgbClr") return /^(?:f.){3}$/i.test(value);
  if (color.name === "a:prstClr") return value === "white";
  if (color.name === "a:sysClr") return /^f{6}$/i.test(color.attributes.lastClr ?? "");
  if (color.name !== "a:schemeClr") return false;
  const mapped = childAt(parts.master, "p:clrMap")?.attributes[value] ?? value;
  const scheme = childAt(parts.theme, "a:themeElements", "a:clrScheme", `a:${mapped}`);
  return scheme !== undefined && isWhite(scheme, parts);
}
