const number = new Intl.NumberFormat("en");

/** The texts of diagrams. Loads with the first of them, in every language. */
export const diagramEnglish = {
  source: "Source",
  /** A diagram that the page cannot read. */
  fault: (line: number) => `Line ${number.format(line)} of this diagram can’t be drawn.`,
  diagram: "Diagram",
  flowchart: (title: string, steps: string) => `Flowchart${title}. ${steps}`,
  sequence: (title: string, steps: string) => `Sequence diagram${title}. ${steps}`,
  leadsTo: (from: string, to: string, label: string) =>
    label === "" ? `${from} leads to ${to}.` : `${from} leads to ${to}: ${label}.`,
  sends: (from: string, to: string, text: string) =>
    text === "" ? `${from} to ${to}.` : `${from} to ${to}: ${text}.`,
  more: (count: number) => `${number.format(count)} more.`,
};

export type DiagramTexts = typeof diagramEnglish;
