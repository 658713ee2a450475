import type { ReadingTexts } from "./reading-english.ts";

const number = new Intl.NumberFormat("de");
const format = (value: number) => number.format(value);

export const readingGerman: ReadingTexts = {
  code: {
    wrap: "Lange Zeilen umbrechen",
    download: "Code herunterladen",
  },
  table: {
    sortBy: (column) => `Nach ${column} sortieren`,
    unnamed: (position) => `Spalte ${format(position)}`,
  },
  aloud: {
    read: "Vorlesen",
    stop: "Vorlesen beenden",
    code: (language, lines) =>
      `Quelltext${language && `, ${language}`}, ${format(lines)} ${lines === 1 ? "Zeile" : "Zeilen"}.`,
    formula: "Formel.",
    image: "Bild.",
    note: "Dieser Browser sendet die Antwort vielleicht an seinen Hersteller, dessen Dienst sie in Sprache umwandelt.",
  },
  dictation: {
    start: "Diktieren",
    stop: "Diktat beenden",
    note: "Der Hersteller dieses Browsers verarbeitet die Aufnahme vielleicht auf eigenen Servern. Dieser Chat erhält nur den Text.",
    failed: {
      "not-allowed": "Der Browser darf das Mikrofon nicht verwenden.",
      "service-not-allowed": "Der Browser darf das Mikrofon nicht verwenden.",
      "audio-capture": "Kein Mikrofon gefunden.",
      network: "Das Diktat braucht eine Netzwerkverbindung.",
      "language-not-supported": "Dieser Browser unterstützt diese Sprache nicht.",
    },
    failedElse: "Das Diktat wurde beendet.",
  },
  agree: "Weiter",
  quote: "Zitieren",
  feedback: {
    up: "Gute Antwort",
    down: "Schlechte Antwort",
    saved: "Danke für deine Rückmeldung.",
    reason: { up: "Was war gut? (optional)", down: "Was war falsch? (optional)" },
    send: "Senden",
    notSaved: "Deine Rückmeldung konnte nicht gespeichert werden.",
  },
  suggestions: "Vorschläge für die nächste Nachricht",
};
