/** The texts of edited messages and their versions, which most conversations do not have. */
export const editEnglish = {
  editing: "Edit message",
  hint: "“Send” asks again and keeps the old version. “Save only” changes the text, nothing else.",
  saveOnly: "Save only",
  stopToEdit: "Editing stops this answer. The steps that wait will not be done.",
  stopAndEdit: "Stop and edit",
  edited: "Edited",
  version: (number: number, count: number) => `Version ${number} of ${count}`,
  previousVersion: "Previous version",
  nextVersion: "Next version",
  /** Shown while a turn that is not shown runs or waits for a decision. */
  elsewhere: {
    answer: "An answer to another version is being written.",
    decision: "Another version waits for your decision.",
  },
  showVersion: "Show it",
  problems: {
    turn_open: "This message is being answered. Wait for the answer, or stop it.",
    too_many_edits: "This message was edited too often. Send it as a new version.",
    not_found: "This message is gone.",
  } as Record<string, string>,
};

export type EditTexts = typeof editEnglish;
