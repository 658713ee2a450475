import type { WelcomeTexts } from "./welcome-english.ts";

export const welcomeGerman: WelcomeTexts = {
  label: "Beispiele",
  cards: {
    work: {
      title: "Etwas ausrechnen",
      message: "Was sind 12,5 % von 480, und wie spät ist es in Tokio?",
    },
    explain: {
      title: "Ein Thema erklären",
      message: "Erkläre in fünf Sätzen, was ein Datenbankindex tut. Gib ein Beispiel.",
    },
    write: {
      title: "Einen Text schreiben",
      message: "Schreibe eine kurze, freundliche E-Mail, die unser Treffen auf Donnerstag verlegt.",
    },
    documents: {
      title: "Dokumente durchsuchen",
      message: "Welche Dokumente hast du, und worum geht es in jedem?",
    },
    compare: {
      title: "Vergleichen",
      message: "Vergleiche SQL- und Dokumentdatenbanken in einer Tabelle.",
    },
  },
};
