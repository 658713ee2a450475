import type { NoteTexts } from "./note-english.ts";

const number = new Intl.NumberFormat("de");
const format = (value: number) => number.format(value);

export const noteGerman: NoteTexts = {
  memory: "Gedächtnis über Chats hinweg",
  explanation:
    "Ist es eingeschaltet, kann der Assistent anbieten, eine Notiz zu speichern, und deine Notizen in jedem Chat lesen. Du kannst hier jede Notiz löschen.",
  count: (count) =>
    count === 0 ? "Keine Notizen" : `${format(count)} ${count === 1 ? "Notiz" : "Notizen"}`,
  empty: "Noch ist nichts notiert. Bitte den Assistenten, sich etwas zu merken.",
  emptyAndOff: "Der Assistent merkt sich nichts aus anderen Chats.",
  delete: "Löschen",
  deleteQuestion: "Diese Notiz endgültig löschen?",
};
