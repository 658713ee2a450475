import type { Plot } from "../plots/choose-plot.ts";
import { DiagramFault, labelLines, readLines } from "./diagram-text.ts";

/** Plots of one diagram: bars and lines are drawn below each other. */
export interface Chart {
  kind: "chart";
  title: string | undefined;
  plots: Plot[];
}

/**
 * Reads Mermaid's pie chart (https://mermaid.js.org/syntax/pie.html, version 12). It is drawn as bars: people compare lengths
 * better than angles.
 * @throws DiagramFault with the line that cannot be read
 */
export function readPie(source: string): Chart {
  const { title, lines } = readLines(source);
  const [first, ...rest] = lines;
  const [, inline] = /^pie(?:\s+showData)?(?:\s+title\s+(.+))?$/.exec(first?.text ?? "") ?? [];
  let heading = inline ?? title;
  const slices = rest.flatMap(({ text, number }) => {
    const named = /^title\s+(.+)$/.exec(text)?.[1];
    if (named !== undefined) heading = named;
    if (named !== undefined || /^(?:showData|acc\w+)\b/.test(text)) return [];
    const slice = /^"([^"]*)"\s*:\s*(\d+(?:\.\d+)?)$/.exec(text);
    if (slice === null) throw new DiagramFault(number);
    return [{ name: label(slice[1] ?? ""), value: Number(slice[2]) }];
  });
  if (slices.length === 0) throw new DiagramFault(first?.number ?? 1);
  const axis = { kind: "names", names: slices.map(({ name }) => name) } as const;
  const series = [{ name: "", values: slices.map(({ value }) => value) }];
  return { kind: "chart", title: heading, plots: [{ kind: "bar", axisName: "", axis, series }] };
}

/**
 * Reads Mermaid's chart of bars and lines (https://mermaid.js.org/syntax/xyChart.html, version 12).
 * @throws DiagramFault with the line that cannot be read
 */
export function readXyChart(source: string): Chart {
  const { title, lines } = readLines(source);
  const [first, ...rest] = lines;
  let heading = title;
  let names: string[] | undefined;
  let [axisName, valueName] = ["", ""];
  const found: { kind: "bar" | "line"; name: string; values: number[] }[] = [];
  for (const { text, number } of rest) {
    const [, word = "", after = ""] = /^([\w-]+)\s*(.*)$/.exec(text) ?? [];
    const listed = /\[(.*)\]$/.exec(after)?.[1];
    const named = unquoted(after.replace(/\[.*\]$|[-+.\d]+\s*-->\s*[-+.\d]+$/, "").trim());
    if (word === "title") heading = unquoted(after);
    else if (word === "x-axis") {
      axisName = named;
      names = listed === undefined ? undefined : splitList(listed).map(label);
    } else if (word === "y-axis") valueName = named;
    else if ((word === "bar" || word === "line") && listed !== undefined) {
      const values = splitList(listed).map(Number);
      if (values.some((value) => !Number.isFinite(value))) throw new DiagramFault(number);
      found.push({ kind: word, name: named, values });
    } else if (!/^acc/.test(word)) throw new DiagramFault(number);
  }
  const length = Math.max(0, ...found.map(({ values }) => values.length));
  if (length === 0) throw new DiagramFault(first?.number ?? 1);
  const places = Array.from({ length }, (_, index) => names?.[index] ?? String(index + 1));
  const plots = (["bar", "line"] as const).flatMap((kind): Plot[] => {
    const series = found
      .filter((each) => each.kind === kind)
      .map(({ name, values }, index) => ({
        name: name || (index === 0 ? valueName : `${valueName} ${index + 1}`.trim()),
        values: places.map((_, at) => values[at] ?? null),
      }));
    return series.length === 0
      ? []
      : [{ kind, axisName, axis: { kind: "names", names: places }, series }];
  });
  return { kind: "chart", title: heading, plots };
}

const label = (text: string) => labelLines(unquoted(text)).join(" ");

const unquoted = (text: string) => text.trim().replace(/^(["'])(.*)\1$/, "$2");

/** Splits at commas outside quotation marks. */
const splitList = (list: string) =>
  (list.match(/\s*"[^"]*"|[^,]+/g) ?? []).map((part) => part.trim()).filter((part) => part !== "");
