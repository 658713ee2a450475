import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DiagramFault } from "./diagram-text.ts";
import { parseFlowchart } from "./flowchart/parse-flowchart.ts";
// What Mermaid's own parser reads in these sources.
import corpus from "./mermaid-corpus.json" with { type: "json" };
import { readDiagram } from "./read-diagram.ts";
import { parseSequence } from "./sequence/parse-sequence.ts";

const joined = (lines: readonly string[]) => lines.join(" / ");
const endings = { none: "open", arrow: "point", circle: "circle", cross: "cross" } as const;

describe("a flowchart is read as Mermaid reads it", () => {
  it.each(corpus.flowcharts)("$source", ({ source, ...expected }) => {
    const { direction, nodes, edges, groups } = parseFlowchart(source);
    expect({
      direction,
      nodes: nodes.map(({ id, shape, lines }) => `${id} ${shape}: ${joined(lines)}`).sort(),
      edges: edges.map(({ from, to, stroke, start, end, length, lines }) =>
        `${from} ${stroke} ${start === "none" ? "" : "both_"}${endings[end]} ${length} ${to}: ${joined(lines)}`.trim(),
      ),
      groups: groups
        .map(({ lines, members }) => `${joined(lines)}: ${[...members].sort().join(", ")}`)
        .sort(),
    }).toEqual(expected);
  });
});

describe("a sequence diagram is read as Mermaid reads it", () => {
  it.each(corpus.sequences)("$source", ({ source, participants, messages }) => {
    const read = parseSequence(source);
    expect(
      read.participants.map(
        ({ id, lines, isPerson }) => `${id}${isPerson ? " (person)" : ""}: ${joined(lines)}`,
      ),
    ).toEqual(participants);
    expect(
      read.steps.flatMap((step) =>
        step.kind === "message" ? [`${step.from} > ${step.to}: ${joined(step.lines)}`.trim()] : [],
      ),
    ).toEqual(messages);
  });
});

it("a node may have brackets in its text, which Mermaid refuses and models write", () => {
  const { nodes } = parseFlowchart("flowchart LR\n  A[Call run(x)] --> B[Items [1]");
  expect(nodes.map(({ lines }) => lines)).toEqual([["Call run(x)"], ["Items [1"]]);
});

describe("a chart", () => {
  it("of a pie has a bar for each slice", () => {
    const source = 'pie showData\n  title Pets\n  "Dogs" : 386\n  "Cats, wild" : 85.5';
    expect(readDiagram(source)).toEqual({
      kind: "chart",
      title: "Pets",
      plots: [
        {
          kind: "bar",
          axisName: "",
          axis: { kind: "names", names: ["Dogs", "Cats, wild"] },
          series: [{ name: "", values: [386, 85.5] }],
        },
      ],
    });
  });

  it("of bars and lines has a plot for each kind", () => {
    const source = `xychart-beta
      title "Sales Revenue"
      x-axis "Month" [jan, "feb, cold", mar]
      y-axis "Revenue (in $)" 4000 --> 11000
      bar [5000, 6000.5, -75]
      line [5000, 6000]`;
    const axis = { kind: "names", names: ["jan", "feb, cold", "mar"] };
    const series = (values: (number | null)[]) => [{ name: "Revenue (in $)", values }];
    expect(readDiagram(source)).toEqual({
      kind: "chart",
      title: "Sales Revenue",
      plots: [
        { kind: "bar", axisName: "Month", axis, series: series([5000, 6000.5, -75]) },
        { kind: "line", axisName: "Month", axis, series: series([5000, 6000, null]) },
      ],
    });
  });
});

it.each([
  ["another kind", "gantt\n  title A"],
  ["no kind", ""],
  ["a name of JavaScript", "constructor\n  A"],
  [
    "too many nodes",
    `flowchart LR\n${Array.from({ length: 202 }, (_, i) => `a${i}-->b${i}`).join("\n")}`,
  ],
  ["a source without end", `flowchart LR\n  A["${"x".repeat(30_000)}`],
])("%s has no picture", (_, source) => {
  expect(readDiagram(source)).toBeNull();
});

it.each([
  ["an open text", "flowchart LR\n  A --> B[Open\n  B --> C", 2],
  ["an open frame", "flowchart LR\n  subgraph x\n  A --> B", 3],
  ["an end too many", "flowchart LR\n  A --> B\n  end", 3],
  ["a link to nowhere", "flowchart LR\n  A -->\n", 2],
  ["an open block", "sequenceDiagram\n  A->>B: x\n  loop y", 3],
  ["no message", "sequenceDiagram\n  A says B: x", 2],
  ["an end of what did not begin", "sequenceDiagram\n  A->>B: x\n  deactivate A", 3],
  ["no slice", 'pie\n  "Dogs"', 2],
  ["no number", "xychart-beta\n  bar [1, two]", 2],
])("%s is a fault of its line", (_, source, line) => {
  let fault: unknown;
  try {
    readDiagram(source);
  } catch (error) {
    fault = error;
  }
  expect(fault).toBeInstanceOf(DiagramFault);
  expect((fault as DiagramFault).line).toBe(line);
});

it("any text is a diagram, a fault or nothing", () => {
  const pieces = fc.constantFrom(
    ..."flowchart LR|graph TD|sequenceDiagram|pie|xychart-beta|subgraph|end|note over|loop|else".split(
      "|",
    ),
    ..."-->|---|-.->|==>|~~~|->>|--x|A|B|[|]|(|)|{|}|\"|'|:|;|&|@{|%%|\n|\n| |#35;|<br>|,|+|-|x|o|`|\\".split(
      "|",
    ),
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 60 }), (parts) => {
      try {
        readDiagram(parts.join(""));
      } catch (error) {
        expect(error).toBeInstanceOf(DiagramFault);
      }
    }),
    { numRuns: 3_000 },
  );
});
