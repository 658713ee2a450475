import { trimTable } from "#lib/documents/reading/office/table-block.ts";
import {
  childAt,
  childrenNamed,
  descendantsNamed,
  textOf,
  type XmlElement,
} from "#lib/documents/reading/office/xml-tree.ts";
import type { Block } from "#lib/documents/reading/read-document.ts";
import { runsText } from "./paragraph-reader.ts";

/** Returns a chart's title and its values: a row for each category, a column for each series. */
export function chartBlocks(root: XmlElement): Block[] {
  const chart = childAt(root, "c:chart");
  const title = descendantsNamed(childAt(chart, "c:title"), "a:p")
    .map((paragraph) => runsText(paragraph, () => false))
    .filter(Boolean)
    .join(" ");
  const series = descendantsNamed(childAt(chart, "c:plotArea"), "c:ser").map((element) => ({
    name: [...points(childAt(element, "c:tx")).values()].join(" "),
    categories: points(childAt(element, "c:cat") ?? childAt(element, "c:xVal")),
    values: points(childAt(element, "c:val") ?? childAt(element, "c:yVal")),
  }));
  const categories = new Map(series.flatMap((one) => [...one.categories]));
  const indexes = [...new Set(series.flatMap(({ values }) => [...values.keys()]))].sort(
    (a, b) => a - b,
  );
  const rows = indexes.map((index) => [
    categories.get(index) ?? "",
    ...series.map(({ values }) => values.get(index) ?? ""),
  ]);
  const names = ["", ...series.map(({ name }) => name)];
  const [header, ...others] = trimTable([names, ...rows]);
  const heading: Block[] = title === "" ? [] : [{ kind: "paragraph", text: title }];
  if (header === undefined || rows.length === 0) return heading;
  const hasNames = series.some(({ name }) => name !== "");
  return [
    ...heading,
    hasNames
      ? { kind: "table", header, rows: others }
      : { kind: "table", rows: [header, ...others] },
  ];
}

/** Returns what a chart has stored of its cells, by their index. */
function points(reference: XmlElement | undefined): Map<number, string> {
  const caches = ["c:strCache", "c:numCache", "c:strLit", "c:numLit"];
  const cache = caches.flatMap((name) => descendantsNamed(reference, name))[0];
  if (cache === undefined) {
    const direct = textOf(childAt(reference, "c:v"));
    return new Map(direct === "" ? [] : [[0, direct]]);
  }
  const format = textOf(childAt(cache, "c:formatCode"));
  return new Map(
    childrenNamed(cache, "c:pt").map((point) => [
      Number(point.attributes.idx ?? 0),
      shown(textOf(childAt(point, "c:v")), point.attributes.formatCode ?? format),
    ]),
  );
}

/** A percentage is shown as one. Binary fractions such as 8.1999999999999993 have 15 digits at most. */
function shown(value: string, format: string): string {
  const number = Number(value);
  if (value === "" || Number.isNaN(number)) return value;
  const percent = /^0(?:\.(0+))?%$/.exec(format);
  if (percent) return `${(number * 100).toFixed(percent[1]?.length ?? 0)}%`;
  return String(Number(number.toPrecision(15)));
}
