import { latePart } from "../ui/late-part.tsx";

/** What a person sets for all conversations and for this browser, and their data. The first load has no room for its script. */
export const SettingsDialog = latePart(
  "settings",
  async () => (await import("./page-settings-dialog.tsx")).PageSettingsDialog,
);
