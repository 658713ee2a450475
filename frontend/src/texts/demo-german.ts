import type { DemoTexts } from "./demo-english.ts";

export const demoGerman: DemoTexts = {
  about: "Über die Demo",
  noModel: "Demo-Modell: Dahinter steht kein Sprachmodell.",
  connect: "Ein echtes verbinden",
  dismiss: "Ausblenden",
  label: "Beispiele",
  cards: {
    format: {
      title: "Eine Antwort formatieren",
      shows: "Überschriften, Tabelle, Code, Formeln",
      message: "Zeig mir alle Formatierungen, die du kannst.",
    },
    tools: {
      title: "Mehrere Werkzeuge nutzen",
      shows: "Uhr und Rechner in einer Antwort",
      message:
        "Wie spät ist es in Tokio, was sind 15 % von 84,50, und wie viele Tage sind es bis Weihnachten?",
    },
    think: {
      title: "Erst nachdenken",
      shows: "Der Gedankengang über der Antwort",
      message: "Denk erst nach: Was ist schwerer, ein Kilogramm Federn oder ein Pfund Eisen?",
    },
    chart: {
      title: "Ein Diagramm zeichnen",
      shows: "Beispieldatenbank, Diagramm, Tabelle",
      message: "Zeichne ein Diagramm der Umsätze nach Monaten.",
    },
    quote: {
      title: "Die Dokumentation zitieren",
      shows: "Im Dokument geprüfte Zitate",
      message: "Wie funktioniert die Übernahme? Zitiere die Dokumentation.",
    },
    approve: {
      title: "Vor dem Handeln fragen",
      shows: "Ein Webhook wartet auf deine Zustimmung",
      message: "Sende einen Webhook: Hallo von der Demo",
    },
    retry: {
      title: "Fehlschlagen und wiederholen",
      shows: "Ein Werkzeugaufruf scheitert, der nächste nicht",
      message: "Scheitere einmal, dann versuch es noch einmal.",
    },
    crash: {
      title: "Den Server abstürzen lassen",
      shows: "Ein anderer Prozess beendet die Antwort",
      message: "Lass den Server mitten in der Antwort abstürzen.",
    },
  },
};
