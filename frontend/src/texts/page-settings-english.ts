const number = new Intl.NumberFormat("en");
const format = (value: number) => number.format(value);
const conversations = (count: number) =>
  `${format(count)} ${count === 1 ? "conversation" : "conversations"}`;

/** The texts of the settings. Load with the dialog, in every language. */
export const pageSettingsEnglish = {
  loading: "Loading settings…",
  look: "General",
  theme: "Theme",
  themes: { system: "System", light: "Light", dark: "Dark" },
  language: "Language",
  sendKey: "Send with",
  sendKeys: { enter: "Enter", modified: "Ctrl or ⌘ + Enter" },
  sendKeyExplained: "These settings apply only to this browser.",
  instructions: "Instructions",
  prompts: {
    heading: "Your prompts",
    explanation: "Type / and a name in an empty message to insert a prompt.",
    none: "No prompts yet",
    add: "Add a prompt",
    edit: "Edit",
    remove: "Remove",
    name: "Name",
    text: "Text",
    save: "Save",
    saved: (name: string) => `Saved ${name}.`,
    removed: (name: string) => `Removed ${name}.`,
    full: (max: number) => `You can save up to ${format(max)} prompts.`,
    faults: {
      name: "Use letters, digits, _ and -, without spaces.",
      taken: "A prompt with this name already exists.",
      text: "Write the text of the prompt.",
    },
  },
  programs: "Programs",
  data: {
    heading: "Your data",
    export: "Export everything",
    exportExplained:
      "One JSON file with all your conversations, with every version of each message.",
    listing: "Listing your conversations…",
    progress: (done: number, total: number) => `${format(done)} of ${conversations(total)}`,
    waiting: "Waiting: the service allows a limited number of requests a minute.",
    exported: (count: number) => `Exported ${conversations(count)}.`,
    nothing: "There are no conversations to export.",
    cancelled: "Cancelled.",
    import: "Import conversations",
    importExplained:
      "From a file that you exported here, or from the conversations.json of ChatGPT or Claude. The file is read in this browser. Images and other files are not imported.",
    reading: "Reading the file…",
    unknownFile: "This file isn’t an export from here, ChatGPT or Claude.",
    imported: (count: number, left: number) =>
      `Imported ${conversations(count)}.${left === 0 ? "" : ` Could not import ${format(left)}: too long, or not readable.`}`,
    untitled: "Imported chat",
  },
  deletion: {
    delete: "Delete everything",
    explanation:
      "Deletes all your conversations with their links, your notes, settings and own documents, and signs out all your devices. This can’t be undone. Shared documents stay.",
    confirm: (word: string) => `Type “${word}” to confirm`,
    /** What a person types to confirm. */
    word: "delete",
    deleting: "Deleting…",
  },
};

export type PageSettingsTexts = typeof pageSettingsEnglish;
