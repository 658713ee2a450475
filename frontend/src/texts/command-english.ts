import type { CommandId } from "#frontend/commands/command.ts";

/** The texts of the palette, the slash and the list of shortcuts. Loads with the first of them, in every language. */
export const commandEnglish = {
  palette: "Commands",
  find: "Search commands and chats",
  nothing: "Nothing found",
  chats: "Chats",
  prompts: "Your prompts",
  actions: "Actions",
  /** What a screen reader says while the list changes. */
  found: (count: number) => `${count} ${count === 1 ? "result" : "results"}`,
  shortcuts: "Keyboard shortcuts",
  slash: "Commands and prompts",
  noPrompts: "Prompts you save in the settings appear here.",
  names: {
    newChat: "New chat",
    palette: "Open the command palette",
    write: "Write a message",
    editLast: "Edit your last message",
    regenerate: "Regenerate the last answer",
    stop: "Stop the answer",
    search: "Search chats",
    toggleList: "Show or hide the list of chats",
    model: "Choose the model",
    documents: "Documents",
    notes: "Notes",
    share: "Share this chat",
    exportMarkdown: "Export chat as Markdown",
    exportJson: "Export chat as JSON",
    usage: "Usage",
    devices: "Use on another device",
    settings: "Settings",
    shortcuts: "Keyboard shortcuts",
    signOut: "Sign out",
  } satisfies Record<CommandId, string>,
  /** Keys of the composer and of lists. */
  more: {
    send: "Send the message",
    newLine: "New line",
    escape: "Stop the answer, or cancel an edit",
    up: "Edit your last message, in an empty field",
    slash: "Commands and prompts, in an empty field",
    list: "Move in the list of chats",
    rename: "Rename the chat in the list",
    remove: "Delete the chat in the list",
  },
  keys: { Mod: "Ctrl", Shift: "Shift", Enter: "Enter", Escape: "Esc", Delete: "Del" },
};

export type CommandTexts = typeof commandEnglish;
