import type { SettingsTexts } from "./settings-english.ts";

const number = new Intl.NumberFormat("de");
const format = (value: number) => number.format(value);

export const settingsGerman: SettingsTexts = {
  loading: "Einstellungen werden geladen …",
  model: "Modell",
  default: "Standard",
  free: "kostenlos",
  price: (input, output) => `${input} Eingabe, ${output} Ausgabe pro Million Token`,
  context: (tokens) => `liest bis zu ${format(tokens)} Token`,
  notOffered: (model, instead) =>
    `Das Modell ${model} wird nicht mehr angeboten. Stattdessen antwortet ${instead}.`,
  effort: "Nachdenken",
  defaultEffort: "Standard",
  efforts: { low: "Wenig", medium: "Mittel", high: "Viel" },
  effortExplained: "Mehr Nachdenken dauert länger und kostet mehr.",
  noEffort: (model) => `Bei ${model} lässt sich das Nachdenken nicht einstellen.`,
  forThis: "Anweisungen für diese Unterhaltung",
  forAll: "Anweisungen für alle meine Unterhaltungen",
  forAllExplained:
    "Der Assistent liest sie vor jeder Nachricht. Wo sich beide unterscheiden, gelten die Anweisungen der Unterhaltung.",
  showForAll: "Anweisungen für alle meine Unterhaltungen",
  placeholder: "Zum Beispiel: Antworte auf Deutsch. Fasse dich kurz.",
  count: (length, max) => `${format(length)} von ${format(max)} Zeichen`,
  saved: "Gespeichert. Gilt ab der nächsten Nachricht.",
};
