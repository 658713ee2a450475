import { latePart } from "#frontend/ui/late-part.tsx";

const load = () => import("./conversation-dialogs.tsx");

/** Called when a person is about to open a dialog, so that it opens without a wait. Only the dialog itself reports a failure. */
export const preloadDialogs = () => void load().catch(() => {});

export const LateDialogs = latePart("dialogs", async () => (await load()).ConversationDialogs);
export const ShareDialog = latePart("links", async () => (await load()).ShareDialog);
