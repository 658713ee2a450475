import { childAt, elementsOf, type XmlElement } from "#lib/documents/reading/office/xml-tree.ts";
import type { SlideParts } from "./slide-parts.ts";

/** In English Metric Units from the slide's corner. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Placeholder {
  type: string;
  index: string | undefined;
}

export interface Shape {
  element: XmlElement;
  placeholder: Placeholder | undefined;
  box: Box | undefined;
  isHidden: boolean;
}

type Transform = (box: Box) => Box;

/** Returns the shapes of a slide, layout or master, those in groups too, in the order in which they are painted. */
export function shapesOf(part: XmlElement | undefined, parts: SlideParts | undefined): Shape[] {
  const tree = childAt(part, "p:cSld", "p:spTree");
  return tree ? shapesIn(tree, parts, (box) => box, false) : [];
}

function shapesIn(
  group: XmlElement,
  parts: SlideParts | undefined,
  place: Transform,
  isHidden: boolean,
): Shape[] {
  return elementsOf(group).flatMap((element): Shape[] => {
    if (element.name === "mc:AlternateContent")
      return shapesIn(chosen(element), parts, place, isHidden);
    const properties = elementsOf(element).find(({ name }) => /^p:nv\w+Pr$/.test(name));
    const own = childAt(properties, "p:cNvPr")?.attributes.hidden;
    const hidden = isHidden || own === "1" || own === "true";
    if (element.name === "p:grpSp") {
      const inner = groupTransform(childAt(element, "p:grpSpPr", "a:xfrm"));
      return shapesIn(element, parts, (box) => place(inner(box)), hidden);
    }
    if (!/^p:(sp|pic|graphicFrame|cxnSp)$/.test(element.name)) return [];
    const placeholder = placeholderOf(properties);
    const box = ownBox(element) ?? inheritedBox(placeholder, parts);
    return [{ element, placeholder, box: box && place(box), isHidden: hidden }];
  });
}

const chosen = (alternatives: XmlElement): XmlElement =>
  childAt(alternatives, "mc:Fallback") ?? childAt(alternatives, "mc:Choice") ?? alternatives;

function placeholderOf(properties: XmlElement | undefined): Placeholder | undefined {
  const attributes = childAt(properties, "p:nvPr", "p:ph")?.attributes;
  return attributes && { type: attributes.type ?? "obj", index: attributes.idx };
}

function ownBox(element: XmlElement): Box | undefined {
  return boxOf(childAt(element, "p:spPr", "a:xfrm") ?? childAt(element, "p:xfrm"));
}

function boxOf(transform: XmlElement | undefined, offset = "a:off", extent = "a:ext") {
  const off = childAt(transform, offset)?.attributes;
  const ext = childAt(transform, extent)?.attributes;
  if (off === undefined || ext === undefined) return undefined;
  return {
    x: Number(off.x ?? 0),
    y: Number(off.y ?? 0),
    width: Number(ext.cx ?? 0),
    height: Number(ext.cy ?? 0),
  };
}

function groupTransform(transform: XmlElement | undefined): Transform {
  const outer = boxOf(transform);
  const inner = boxOf(transform, "a:chOff", "a:chExt");
  if (outer === undefined || inner === undefined) return (box) => box;
  const scaleX = inner.width > 0 ? outer.width / inner.width : 1;
  const scaleY = inner.height > 0 ? outer.height / inner.height : 1;
  return ({ x, y, width, height }) => ({
    x: outer.x + (x - inner.x) * scaleX,
    y: outer.y + (y - inner.y) * scaleY,
    width: width * scaleX,
    height: height * scaleY,
  });
}

/** A placeholder without a place stands where its layout, or its master, has the placeholder of the same kind. */
function inheritedBox(placeholder: Placeholder | undefined, parts: SlideParts | undefined) {
  return placeholderModels(placeholder, parts).map(ownBox).find(Boolean);
}

/** Returns the placeholders of layout and master that a slide's placeholder takes its look from. */
export function placeholderModels(
  placeholder: Placeholder | undefined,
  parts: SlideParts | undefined,
): XmlElement[] {
  if (placeholder === undefined) return [];
  return [parts?.layout, parts?.master].flatMap((part) => {
    const candidates = shapesOf(part, undefined);
    const sameIndex = candidates.find(
      (candidate) =>
        placeholder.index !== undefined && candidate.placeholder?.index === placeholder.index,
    );
    const sameType = candidates.find(
      (candidate) => kindOf(candidate.placeholder?.type) === kindOf(placeholder.type),
    );
    const model = part === parts?.layout ? (sameIndex ?? sameType) : sameType;
    return model ? [model.element] : [];
  });
}

function kindOf(type: string | undefined): string | undefined {
  if (type === "ctrTitle") return "title";
  return type === "obj" || type === "subTitle" ? "body" : type;
}

export const isTitle = ({ placeholder }: Shape): boolean =>
  placeholder !== undefined && /^(title|ctrTitle)$/.test(placeholder.type);

/** Title first, footers last; between them line by line: shapes beside each other from the left to the right. */
export function inReadingOrder(shapes: Shape[]): Shape[] {
  const rank = (shape: Shape) =>
    isTitle(shape) ? 0 : /^(ftr|dt|sldNum|hdr)$/.test(shape.placeholder?.type ?? "") ? 2 : 1;
  const titles = shapes.filter((shape) => rank(shape) === 0);
  const footers = shapes.filter((shape) => rank(shape) === 2);
  return [...titles, ...byPosition(shapes.filter((shape) => rank(shape) === 1)), ...footers];
}

function byPosition(shapes: Shape[]): Shape[] {
  const sorted = shapes.toSorted((a, b) => (a.box?.y ?? 0) - (b.box?.y ?? 0));
  const lines: Shape[][] = [];
  for (const shape of sorted) {
    const line = lines.at(-1);
    if (line?.[0] && isBeside(line[0], shape)) line.push(shape);
    else lines.push([shape]);
  }
  return lines.flatMap((line) => line.toSorted((a, b) => (a.box?.x ?? 0) - (b.box?.x ?? 0)));
}

/** Shapes are beside each other if they share more than half of the lower one's height. */
function isBeside({ box: first }: Shape, { box: second }: Shape): boolean {
  if (first === undefined || second === undefined) return false;
  const shared =
    Math.min(first.y + first.height, second.y + second.height) - Math.max(first.y, second.y);
  return shared > Math.min(first.height, second.height) / 2;
}
