import { latePart } from "#frontend/ui/late-part.tsx";

export const LateSlashMenu = latePart(
  "the slash menu",
  async () => (await import("./slash-menu.tsx")).SlashMenu,
);
