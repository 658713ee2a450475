import { readLines } from "./diagram-text.ts";
import type { Flowchart } from "./flowchart/flowchart.ts";
import { parseFlowchart } from "./flowchart/parse-flowchart.ts";
import { type Chart, readPie, readXyChart } from "./read-chart.ts";
import { parseSequence } from "./sequence/parse-sequence.ts";
import type { SequenceDiagram } from "./sequence/sequence.ts";

export type Diagram = Flowchart | SequenceDiagram | Chart;

/** UTF-16 units. */
const longestSource = 20_000;
/** Placing this many parts takes about half a second. */
const mostParts = 200;

/**
 * Returns the diagram of a source in Mermaid's syntax. Returns null for a kind that we do not draw, for an empty diagram, and
 * for one that is too large: the page then shows the source.
 * @throws DiagramFault with the line that cannot be read
 */
export function readDiagram(source: string): Diagram | null {
  if (source.length > longestSource) return null;
  const [first] = readLines(source).lines;
  const kind = /^[\w-]+/.exec(first?.text ?? "")?.[0] ?? "";
  const read = readers.get(kind);
  if (read === undefined) return null;
  const diagram = read(source);
  return partsOf(diagram) > mostParts ? null : diagram;
}

const readers = new Map<string, (source: string) => Diagram>([
  ["flowchart", parseFlowchart],
  ["flowchart-elk", parseFlowchart],
  ["graph", parseFlowchart],
  ["pie", readPie],
  ["sequenceDiagram", parseSequence],
  ["xychart", readXyChart],
  ["xychart-beta", readXyChart],
]);

function partsOf(diagram: Diagram): number {
  switch (diagram.kind) {
    case "flowchart":
      return Math.max(diagram.nodes.length + diagram.groups.length, diagram.edges.length);
    case "sequence":
      return Math.max(diagram.participants.length * 4, diagram.steps.length / 2);
    case "chart":
      return Math.max(...diagram.plots.map(({ series }) => series[0]?.values.length ?? 0));
  }
}
