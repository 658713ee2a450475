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
  part: {
    page: (number) => `Seite ${format(number)}`,
    slide: (number) => `Folie ${format(number)}`,
    sheet: (number) => `Blatt ${format(number)}`,
    section: (number) => `Abschnitt ${format(number)}`,
  },
  checked: {
    openQuotation: "Im Dokument gefunden. Öffnet es an dieser Stelle.",
    verified: "Zitat geprüft",
    unverified: "Nicht bestätigt",
    unverifiedReason: "Diese Worte stehen nicht in der Quelle, die die Antwort nennt.",
    longestRun: (words) => `Die längste Übereinstimmung ist „${words}“.`,
    removed: "Dokument gelöscht",
    removedReason:
      "Diese Worte standen in der Quelle, als die Antwort geschrieben wurde. Das Dokument wurde inzwischen gelöscht.",
    unsourcedNumber:
      "Diese Zahl steht in keiner Textstelle, keinem Werkzeugergebnis und keiner Nachricht, auf denen die Antwort beruht.",
  },
  showLess: "Weniger anzeigen",
};
