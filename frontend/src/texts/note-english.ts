const number = new Intl.NumberFormat("en");
const format = (value: number) => number.format(value);

/** The texts of the list of notes. Load with the list, in every language. */
export const noteEnglish = {
  memory: "Memory across chats",
  explanation:
    "When this is on, the assistant can ask to save a note and can read your notes in every chat. You can delete each note here.",
  count: (count: number) =>
    count === 0 ? "No notes" : `${format(count)} ${count === 1 ? "note" : "notes"}`,
  empty: "No notes yet. Ask the assistant to remember something.",
  emptyAndOff: "The assistant remembers nothing from other chats.",
  delete: "Delete",
  deleteQuestion: "Delete this note permanently?",
};

export type NoteTexts = typeof noteEnglish;
