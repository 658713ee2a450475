import { latePart } from "#frontend/ui/late-part.tsx";

export const LatePalette = latePart(
  "the command palette",
  async () => (await import("./command-palette.tsx")).CommandPalette,
);

export const LateSlashMenu = latePart(
  "the slash menu",
  async () => (await import("./slash-menu.tsx")).SlashMenu,
);

export const LateShortcutSheet = latePart(
  "the keyboard shortcuts",
  async () => (await import("./shortcut-sheet.tsx")).ShortcutSheet,
);
