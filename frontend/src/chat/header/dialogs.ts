// One script for the dialogs that the menu opens.
export { DevicesDialog } from "#frontend/devices/devices-dialog.tsx";
export { NotesDialog } from "#frontend/notes/notes-dialog.tsx";
export { ShareDialog } from "#frontend/sharing/share-dialog.tsx";
export { UsageDialog } from "#frontend/usage/usage-dialog.tsx";
export { SignOutDialog } from "./sign-out-dialog.tsx";
