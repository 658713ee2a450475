import type { TraceTexts } from "./trace-english.ts";

const number = new Intl.NumberFormat("de");
const format = (value: number) => number.format(value);

export const traceGerman: TraceTexts = {
  loading: "Der Ablauf wird geladen …",
  table: "Schritte dieser Antwort",
  step: "Schritt",
  timeline: "Zeitachse",
  start: "Beginn",
  duration: "Dauer",
  total: (duration) => `${duration} von der Nachricht bis zum Ende`,
  open: (duration) => `${duration} seit der Nachricht`,
  unrecorded: "Keine Einzelheiten: Diese Antwort stammt aus der Zeit vor der Aufzeichnung.",
  waits: { queue: "Warten auf Ausführung", approval: "Warten auf eine Entscheidung" },
  steps: {
    claim: "Übernehmen und Verlauf lesen",
    agent: "Agent laden",
    check: "Zitate prüfen",
    commit: "Antwort speichern",
  },
  merged: (count) => `${format(count)} frühere Schritte`,
  running: "läuft noch",
  firstToken: (duration) => `erstes Wort nach ${duration}`,
  tokens: (input, cached, output) =>
    `${format(input)} Token Eingabe${cached > 0 ? ` (${format(cached)} aus dem Cache)` : ""}, ${format(output)} Ausgabe`,
  fallback: "Ersatzmodell",
  failed: "fehlgeschlagen",
  errors: {
    busy: "das Modell war ausgelastet",
    silent: "das Modell hat zu lange geschwiegen",
    broken: "die Verbindung ist abgebrochen",
    too_long: "zu lang für das Modell",
    refused: "das Modell hat die Anfrage abgelehnt",
    unavailable: "das Modell ist nicht verfügbar",
    aborted: "abgebrochen",
  },
  attempt: (attempt) => `Versuch ${format(attempt)}`,
  outcomes: {
    running: "läuft",
    waiting: "pausiert für eine Entscheidung",
    done: "beendet",
    failed: "fehlgeschlagen",
    stopped: "gestoppt",
    lost: "verloren",
  },
  lost: "Die Ausführung endete ohne zu speichern",
  summary: "Danach wurden ältere Nachrichten zusammengefasst",
  shortened: "Lange Wartezeiten sind verkürzt gezeichnet.",
};
