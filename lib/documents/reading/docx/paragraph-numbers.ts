import { childAt, childrenNamed, type XmlElement } from "#lib/documents/reading/office/xml-tree.ts";
import { formatNumber } from "./number-format.ts";
import { isOn, numberAt, type Style, type Styles, valueAt } from "./paragraph-styles.ts";

/** What Word prints before a paragraph, such as "•" or "2.1", and how deep the paragraph is in its list. */
export interface ParagraphNumber {
  marker: string;
  depth: number;
}

interface Level {
  start: number;
  format: string;
  /** With %1 for the number of the first level. */
  text: string;
  /** The level, from 1, that makes this one start anew; 0 is none. Undefined is each level above. */
  restartAfter: number | undefined;
  isDecimalOnly: boolean;
  styleId: string | undefined;
}

/** A list of numbers.xml: nums that share an abstract definition go on counting where the other stopped. */
interface List {
  abstractId: string;
  levels: Level[];
  starts: Map<number, number>;
}

const levelCount = 9;

/**
 * Returns a function that gives the number of each paragraph of a document, called in document order. Word stores no numbers, it
 * counts (ECMA-376 part 1, 17.9).
 */
export function paragraphNumbers(root: XmlElement | undefined, styles: Styles) {
  const lists = readLists(root, styles);
  const counters = new Map<string, (number | undefined)[]>();
  const begun = new Set<string>();

  return function next(
    properties: XmlElement | undefined,
    style: Style | undefined,
  ): ParagraphNumber | undefined {
    const id = valueAt(properties, "w:numPr", "w:numId") ?? style?.numberingId;
    const list = id === undefined ? undefined : lists.get(id);
    if (id === undefined || list === undefined) return undefined;
    const depth = depthOf(properties, style, list);
    const level = list.levels[depth];
    if (level === undefined) return undefined;
    const counter = counters.get(list.abstractId) ?? new Array(levelCount).fill(undefined);
    counters.set(list.abstractId, counter);
    if (!begun.has(id)) {
      begun.add(id);
      for (const overridden of list.starts.keys()) counter[overridden] = undefined;
    }
    count(counter, depth, list);
    return { marker: markerOf(counter, depth, list), depth };
  };
}

function depthOf(properties: XmlElement | undefined, style: Style | undefined, list: List): number {
  const direct = numberAt(properties, "w:numPr", "w:ilvl");
  if (direct !== undefined) return direct;
  const ofStyle = list.levels.findIndex(({ styleId }) => styleId && styleId === style?.id);
  return ofStyle >= 0 ? ofStyle : (style?.numberingLevel ?? 0);
}

function count(counter: (number | undefined)[], depth: number, list: List): void {
  const startOf = (level: number) => list.starts.get(level) ?? list.levels[level]?.start ?? 1;
  // A level above that was never used shows its first number.
  for (let above = 0; above < depth; above++) counter[above] ??= startOf(above);
  const current = counter[depth];
  counter[depth] = current === undefined ? startOf(depth) : current + 1;
  for (let below = depth + 1; below < levelCount; below++) {
    const restartAfter = list.levels[below]?.restartAfter ?? below;
    if (depth + 1 <= restartAfter) counter[below] = undefined;
  }
}

function markerOf(counter: (number | undefined)[], depth: number, { levels }: List): string {
  const level = levels[depth];
  if (level === undefined) return "";
  // A bullet is often a letter of a symbol font.
  if (level.format === "bullet") return level.text.trim() === "" ? "" : "•";
  return level.text
    .replace(/%([1-9])/g, (_, digit: string) => {
      const index = Number(digit) - 1;
      const format = level.isDecimalOnly ? "decimal" : (levels[index]?.format ?? "decimal");
      return formatNumber(counter[index] ?? 1, format);
    })
    .trim();
}

function readLists(root: XmlElement | undefined, styles: Styles): Map<string, List> {
  const abstracts = new Map(
    childrenNamed(root, "w:abstractNum").map((abstract) => [
      abstract.attributes["w:abstractNumId"] ?? "",
      abstract,
    ]),
  );
  const nums = childrenNamed(root, "w:num");
  /** A definition may refer to a numbering style, whose num holds the levels. */
  const levelsOf = (abstractId: string, followed = 0): XmlElement | undefined => {
    const abstract = abstracts.get(abstractId);
    const linked = valueAt(abstract, "w:numStyleLink");
    const numberingId = linked && styles.get(linked)?.numberingId;
    const num = nums.find(({ attributes }) => attributes["w:numId"] === numberingId);
    if (!numberingId || num === undefined || followed > 5) return abstract;
    return levelsOf(valueAt(num, "w:abstractNumId") ?? "", followed + 1);
  };
  return new Map(
    nums.map((num) => {
      const abstractId = valueAt(num, "w:abstractNumId") ?? "";
      return [num.attributes["w:numId"] ?? "", readList(num, abstractId, levelsOf(abstractId))];
    }),
  );
}

function readList(num: XmlElement, abstractId: string, abstract: XmlElement | undefined): List {
  const levels: Level[] = [];
  const starts = new Map<number, number>();
  const put = (element: XmlElement) => {
    const index = Number(element.attributes["w:ilvl"] ?? "0");
    if (index >= 0 && index < levelCount) levels[index] = readLevel(element);
  };
  childrenNamed(abstract, "w:lvl").forEach(put);
  for (const override of childrenNamed(num, "w:lvlOverride")) {
    childrenNamed(override, "w:lvl").forEach(put);
    const start = numberAt(override, "w:startOverride");
    if (start !== undefined) starts.set(Number(override.attributes["w:ilvl"] ?? "0"), start);
  }
  return { abstractId, levels, starts };
}

function readLevel(level: XmlElement): Level {
  return {
    start: numberAt(level, "w:start") ?? 0,
    // A format that is newer than Word 2007 stands beside an older one.
    format:
      valueAt(level, "w:numFmt") ??
      valueAt(childAt(level, "mc:AlternateContent", "mc:Fallback"), "w:numFmt") ??
      "decimal",
    text: valueAt(level, "w:lvlText") ?? "",
    restartAfter: numberAt(level, "w:lvlRestart"),
    isDecimalOnly: isOn(childAt(level, "w:isLgl")) ?? false,
    styleId: valueAt(level, "w:pStyle"),
  };
}
