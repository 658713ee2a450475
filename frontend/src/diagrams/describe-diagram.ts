import type { DiagramTexts } from "../texts/diagram-english.ts";
import type { Flowchart } from "./flowchart/flowchart.ts";
import type { SequenceDiagram } from "./sequence/sequence.ts";

/** A screen reader reads the whole description at once, so that it ends before it tires. */
const mostSteps = 40;

/** Returns what a screen reader says about a diagram: each arrow with its text, in the order of the source. */
export function describeDiagram(diagram: Flowchart | SequenceDiagram, texts: DiagramTexts): string {
  const title = diagram.title === undefined ? "" : `: ${diagram.title}`;
  const steps = diagram.kind === "flowchart" ? flowSteps(diagram, texts) : messages(diagram, texts);
  const shown = steps.slice(0, mostSteps);
  if (steps.length > mostSteps) shown.push(texts.more(steps.length - mostSteps));
  return texts[diagram.kind](title, shown.join(" "));
}

function flowSteps({ nodes, edges, groups }: Flowchart, { leadsTo }: DiagramTexts): string[] {
  const names = new Map([...groups, ...nodes].map(({ id, lines }) => [id, lines.join(" ")]));
  if (edges.length === 0) return nodes.map(({ lines }) => `${lines.join(" ")}.`);
  return edges.map(({ from, to, lines }) =>
    leadsTo(names.get(from) ?? from, names.get(to) ?? to, lines.join(" ")),
  );
}

function messages({ participants, steps }: SequenceDiagram, { sends }: DiagramTexts): string[] {
  const names = new Map(participants.map(({ id, lines }) => [id, lines.join(" ")]));
  return steps.flatMap((step) => {
    if (step.kind === "note") return [`${step.lines.join(" ")}.`];
    if (step.kind !== "message") return [];
    const { from, to, lines } = step;
    return [sends(names.get(from) ?? from, names.get(to) ?? to, lines.join(" "))];
  });
}
