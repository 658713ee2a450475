import { latePart } from "#frontend/ui/late-part.tsx";

/** The byte budget of the first load has no room for the dialogs. */
export const LateSettings = latePart(
  "settings",
  async () => (await import("./settings-dialog.tsx")).SettingsDialog,
);
