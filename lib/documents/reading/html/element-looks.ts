import { type Element, isTag } from "domhandler";
import { isHidden } from "#lib/platform/html/hidden-elements.ts";
import { type Style, StyleRules } from "./style-rules.ts";

/** How an element's text looks. An element inherits what it does not set. */
interface Look {
  /** Undefined for a color that is not known, such as that of an image. */
  color: Color | undefined;
  background: Color | undefined;
  isInvisible: boolean;
  isTiny: boolean;
}

/** Red, green, blue, from 0 to 255. */
type Color = readonly [number, number, number];

const white: Color = [255, 255, 255];
const pageLook: Look = { color: [0, 0, 0], background: white, isInvisible: false, isTiny: false };
/** Of the three parts of a color: nobody reads a text that differs less from its background. */
const leastContrast = 20;
const smallestPixels = 2;

/** Knows which elements and texts of a page a person does not see. */
export class ElementLooks {
  readonly #rules: StyleRules;
  readonly #looks = new WeakMap<Element, Look>();

  constructor(styleSheets: readonly string[]) {
    this.#rules = new StyleRules(styleSheets);
  }

  /** Returns whether a person sees nothing of the element and of all elements in it. */
  hides(element: Element): boolean {
    return isHidden(element) || isOutOfSight(this.#rules.styleOf(element));
  }

  /** Returns whether a person cannot read the text that stands directly in the element: white on white, or tiny. */
  hidesText(element: Element): boolean {
    const { color, background, isInvisible, isTiny } = this.#lookOf(element);
    const isFaint =
      color !== undefined &&
      background !== undefined &&
      color.every((part, index) => Math.abs(part - (background[index] ?? 0)) < leastContrast);
    return isInvisible || isTiny || isFaint;
  }

  /** Returns whether a list shows no markers. */
  hasMarkers(list: Element): boolean {
    const style = this.#rules.styleOf(list);
    return !/\bnone\b/.test(`${style.get("list-style")} ${style.get("list-style-type")}`);
  }

  #lookOf(element: Element): Look {
    const known = this.#looks.get(element);
    if (known) return known;
    const parent = element.parent && isTag(element.parent) ? element.parent : undefined;
    const inherited = parent ? this.#lookOf(parent) : pageLook;
    const look = lookFrom(inherited, this.#rules.styleOf(element), element);
    this.#looks.set(element, look);
    return look;
  }
}

function lookFrom(inherited: Look, style: Style, { name, attribs }: Element): Look {
  const color =
    style.get("-webkit-text-fill-color") ??
    style.get("color") ??
    (name === "font" ? attribs.color : undefined);
  const background =
    style.get("background-color") ??
    (attribs.background === undefined ? attribs.bgcolor : "url(background)");
  const visibility = style.get("visibility");
  const size = style.get("font-size");
  const behind =
    background === undefined ? inherited.background : colorOf(background, inherited.background);
  return {
    background: behind,
    // A transparent text has the color of its background.
    color: color === undefined || color === "inherit" ? inherited.color : colorOf(color, behind),
    isInvisible: visibility === undefined ? inherited.isInvisible : visibility !== "visible",
    isTiny: size === undefined ? inherited.isTiny : isTinySize(size, inherited.isTiny),
  };
}

function isOutOfSight(style: Style): boolean {
  const far = ["left", "right", "top", "text-indent"].some(
    (property) => Number.parseFloat(style.get(property) ?? "0") <= -900,
  );
  const isFlat = ["height", "max-height", "width", "max-width"].some((property) =>
    /^(?:0(?:px|pt|em|%)?|1px)$/.test(style.get(property) ?? ""),
  );
  return (
    style.get("display") === "none" ||
    style.get("mso-hide") === "all" ||
    style.get("content-visibility") === "hidden" ||
    shareOf(style.get("opacity")) < 0.05 ||
    shareOf(/\bopacity\(([^)]*)\)/.exec(style.get("filter") ?? "")?.[1]) < 0.05 ||
    /\bscale[xy]?\(\s*0(?:\.0*)?\s*[,)]/i.test(style.get("transform") ?? "") ||
    /^rect\(\s*(?:0|1px)/.test(style.get("clip") ?? "") ||
    /^(?:inset\(\s*(?:50|100)%|circle\(\s*0)/.test(style.get("clip-path") ?? "") ||
    (isFlat && style.get("overflow") === "hidden") ||
    far
  );
}

/** Takes "0.5" or "50%". */
const shareOf = (value = "1"): number => Number.parseFloat(value) / (value.endsWith("%") ? 100 : 1);

function isTinySize(size: string, isTinyAround: boolean): boolean {
  const number = Number.parseFloat(size);
  if (/(?:em|%)$/.test(size) && !size.endsWith("rem")) return number === 0 || isTinyAround;
  return number < smallestPixels && !size.endsWith("rem") ? true : number === 0;
}

/** Returns undefined for a color that is not known. A transparent one is that which stands behind it. */
function colorOf(value: string, behind: Color | undefined): Color | undefined {
  if (/url\(|gradient|image/i.test(value)) return undefined;
  const hex = /#([0-9a-f]{8}|[0-9a-f]{6}|[0-9a-f]{3,4})\b/i.exec(value)?.[1];
  if (hex) {
    const long = hex.length <= 4 ? hex.replace(/./g, "$&$&") : hex;
    if (Number.parseInt(long.slice(6) || "ff", 16) < 13) return behind;
    const number = Number.parseInt(long.slice(0, 6), 16);
    return [number >> 16, (number >> 8) & 255, number & 255];
  }
  const parts = /rgba?\(([^)]*)\)/i
    .exec(value)?.[1]
    ?.split(/[\s,/]+/)
    .map(Number.parseFloat);
  if (parts) {
    const [red = 0, green = 0, blue = 0, alpha = 1] = parts;
    return alpha < 0.05 ? behind : [red, green, blue];
  }
  if (/\b(?:transparent|inherit|none)\b/i.test(value)) return behind;
  if (/\bwhite\b/i.test(value)) return white;
  if (/\bblack\b/i.test(value)) return [0, 0, 0];
  return undefined;
}
