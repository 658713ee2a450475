import type { DiagramTexts } from "./diagram-english.ts";

const number = new Intl.NumberFormat("de");

export const diagramGerman: DiagramTexts = {
  source: "Quelltext",
  fault: (line) => `Zeile ${number.format(line)} dieses Diagramms lässt sich nicht zeichnen.`,
  diagram: "Diagramm",
  flowchart: (title, steps) => `Flussdiagramm${title}. ${steps}`,
  sequence: (title, steps) => `Sequenzdiagramm${title}. ${steps}`,
  leadsTo: (from, to, label) =>
    label === "" ? `${from} führt zu ${to}.` : `${from} führt zu ${to}: ${label}.`,
  sends: (from, to, text) => (text === "" ? `${from} an ${to}.` : `${from} an ${to}: ${text}.`),
  more: (count) => `${number.format(count)} weitere.`,
};
