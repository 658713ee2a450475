import { latePart } from "#frontend/ui/late-part.tsx";

const load = () => import("./dialogs.ts");

/** Called when the menu opens, so that its dialogs open without a wait. Only the dialog itself reports a failure. */
export const preloadDialogs = () => void load().catch(() => {});

export const DevicesDialog = latePart("devices", async () => (await load()).DevicesDialog);
export const NotesDialog = latePart("notes", async () => (await load()).NotesDialog);
export const ShareDialog = latePart("links", async () => (await load()).ShareDialog);
export const SignOutDialog = latePart("sign-out", async () => (await load()).SignOutDialog);
export const UsageDialog = latePart("usage", async () => (await load()).UsageDialog);
