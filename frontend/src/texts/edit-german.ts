import type { EditTexts } from "./edit-english.ts";

export const editGerman: EditTexts = {
  editing: "Nachricht bearbeiten",
  hint: "„Senden“ fragt neu und behält die alte Fassung. „Nur speichern“ ändert nur den Text.",
  saveOnly: "Nur speichern",
  stopToEdit: "Bearbeiten stoppt diese Antwort. Die wartenden Schritte werden nicht ausgeführt.",
  stopAndEdit: "Stoppen und bearbeiten",
  edited: "Bearbeitet",
  version: (number, count) => `Fassung ${number} von ${count}`,
  previousVersion: "Vorherige Fassung",
  nextVersion: "Nächste Fassung",
  elsewhere: {
    answer: "Die Antwort auf eine andere Fassung wird gerade geschrieben.",
    decision: "Eine andere Fassung wartet auf deine Entscheidung.",
  },
  showVersion: "Anzeigen",
  problems: {
    turn_open: "Diese Nachricht wird gerade beantwortet. Warte auf die Antwort, oder stoppe sie.",
    too_many_edits: "Diese Nachricht wurde zu oft geändert. Sende sie als neue Fassung.",
    not_found: "Diese Nachricht gibt es nicht mehr.",
  },
};
