import { CommandPalette, type CommandPaletteProps } from "#frontend/commands/command-palette.tsx";
import { ShortcutSheet } from "#frontend/commands/shortcut-sheet.tsx";
import { DevicesDialog } from "#frontend/devices/devices-dialog.tsx";
import { NotesDialog } from "#frontend/notes/notes-dialog.tsx";
import { ShareDialog } from "#frontend/sharing/share-dialog.tsx";
import { latePart } from "#frontend/ui/late-part.tsx";
import { UsageDialog } from "#frontend/usage/usage-dialog.tsx";
import type { ConversationSettings } from "#lib/contract/conversation-settings.ts";
import type { Limits } from "../limits.ts";
import type { DialogName } from "./dialog-name.ts";
import { SignOutDialog } from "./sign-out-dialog.tsx";

export { ShareDialog };

const ModelDialog = latePart(
  "settings",
  async () => (await import("../settings/settings-dialog.tsx")).SettingsDialog,
);

const PageSettingsDialog = latePart(
  "settings",
  async () => (await import("#frontend/settings/page-settings-dialog.tsx")).PageSettingsDialog,
);

interface ConversationDialogsProps extends CommandPaletteProps {
  open: Exclude<DialogName, "documents">;
  limits: Limits;
  /** Null for a new conversation. */
  conversationId: string | null;
  settings: ConversationSettings;
  /** Throws an `ApiProblem` if the service has not stored the change. */
  onChangeSettings: (change: ConversationSettings) => Promise<void>;
  onImported: () => void;
  onSessionEnded: () => void;
  /** Completes what is impossible after signing out. */
  onSigningOut: () => Promise<void>;
  onSignedOut: (reason?: "deleted") => void;
}

/** The dialog that a person has opened above the conversation. One script for all, with their contents in later ones. */
export function ConversationDialogs({ open, limits, ...props }: ConversationDialogsProps) {
  const { onClose, onSessionEnded } = props;
  const common = { onClose, onSessionEnded };
  switch (open) {
    case "devices":
      return <DevicesDialog {...common} />;
    case "model":
      return (
        <ModelDialog
          {...common}
          models={limits.models}
          settings={props.settings}
          onChange={props.onChangeSettings}
        />
      );
    case "notes":
      return <NotesDialog {...common} />;
    case "palette":
      return <CommandPalette {...props} />;
    case "settings":
      return (
        <PageSettingsDialog
          {...common}
          onImported={props.onImported}
          onDeleted={() => props.onSignedOut("deleted")}
        />
      );
    case "share":
      return (
        props.conversationId !== null && (
          <ShareDialog {...common} conversationId={props.conversationId} />
        )
      );
    case "shortcuts":
      return <ShortcutSheet onClose={onClose} />;
    case "sign-out":
      return (
        <SignOutDialog
          idleDays={limits.idleDays}
          onCancel={onClose}
          onSigningOut={props.onSigningOut}
          onSignedOut={() => props.onSignedOut()}
        />
      );
    case "usage":
      return <UsageDialog {...common} />;
  }
}
