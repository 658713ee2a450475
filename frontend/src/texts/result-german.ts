import type { ResultTexts } from "./result-english.ts";

const number = new Intl.NumberFormat("de");
const format = (value: number) => number.format(value);
const rowsOf = (count: number) => `${format(count)} ${count === 1 ? "Zeile" : "Zeilen"}`;

export const resultGerman: ResultTexts = {
  yes: "ja",
  no: "nein",
  rows: (count, total) =>
    count === total ? rowsOf(total) : `${format(count)} von ${rowsOf(total)}`,
  cut: "Das Ergebnis war zu groß: Hier fehlen die letzten Zeilen.",
  noRows: "Keine Zeilen",
  showRows: (count) => `Alle ${rowsOf(count)} anzeigen`,
  showFewer: "Weniger Zeilen anzeigen",
  download: "CSV herunterladen",
  fileName: "tabelle",
  sql: "SQL",
  plotKinds: { bar: "Balkendiagramm", line: "Liniendiagramm", scatter: "Streudiagramm" },
  plot: (kind, axis, series) => `${kind} nach ${axis}. ${series}`,
  plotSeries: (name, lowest, lowestAt, highest, highestAt) =>
    `${name}: niedrigster Wert ${lowest} (${lowestAt}), höchster Wert ${highest} (${highestAt}).`,
  noPlot: {
    tooManyNames: "Kein Diagramm: Das Ergebnis hat mehr als 50 Namen.",
    noNumbers: "Kein Diagramm: Das Ergebnis hat keine Zahlen, die sich zeichnen lassen.",
  },
  sources: "Quellen",
  showSources: (count) => `Alle ${format(count)} Quellen anzeigen`,
  showDetails: "Auszüge anzeigen",
  showLess: "Weniger anzeigen",
};
