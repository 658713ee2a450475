/** What a person can do by the palette, by a slash in the composer, or by a key. */
export const commandIds = [
  "newChat",
  "palette",
  "write",
  "editLast",
  "regenerate",
  "stop",
  "search",
  "toggleList",
  "model",
  "documents",
  "notes",
  "share",
  "exportMarkdown",
  "exportJson",
  "usage",
  "devices",
  "settings",
  "shortcuts",
  "signOut",
] as const;

export type CommandId = (typeof commandIds)[number];

/** The commands that the page can run now. */
export type Commands = Partial<Record<CommandId, (() => void) | null>>;

/** The keys of a command. `Mod` is Command on Apple's computers and Ctrl elsewhere. */
export const shortcuts: Partial<Record<CommandId, string>> = {
  palette: "Mod+K",
  newChat: "Mod+Shift+O",
  toggleList: "Mod+Shift+L",
  search: "Mod+Shift+F",
  write: "/",
  shortcuts: "?",
};

export const isApple = (): boolean => /Mac|iP(hone|ad|od)/.test(navigator.platform);

/** Returns the command whose keys were pressed. */
export function commandOf(event: KeyboardEvent): CommandId | undefined {
  const isMod = isApple() ? event.metaKey : event.ctrlKey;
  const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const pressed = isMod ? `Mod+${event.shiftKey ? "Shift+" : ""}${key}` : key;
  if (event.altKey || (!isMod && (event.ctrlKey || event.metaKey))) return undefined;
  return commandIds.find((id) => shortcuts[id] === pressed);
}
