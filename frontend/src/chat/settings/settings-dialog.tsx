import { type ReactNode, useState } from "react";
import { useSettingsTexts } from "#frontend/texts/use-settings-texts.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { LoadedDialog } from "#frontend/ui/loaded-dialog.tsx";
import {
  ConversationSettingsForm,
  type ConversationSettingsParts,
} from "./conversation-settings-form.tsx";
import { OwnerInstructionsForm } from "./owner-instructions-form.tsx";
import { loadOwnerSettings } from "./owner-settings.ts";

interface Dialog {
  onClose: () => void;
  onSessionEnded: () => void;
}

type DialogParts = Dialog & Omit<ConversationSettingsParts, "onShowOwnerInstructions">;

/** The model, the effort and the instructions of one conversation, and from there the instructions for all. */
export function SettingsDialog(parts: DialogParts) {
  const [isForAll, setIsForAll] = useState(false);
  const [loadConversation] = useState(() => async () => (
    <ConversationSettingsForm {...parts} onShowOwnerInstructions={() => setIsForAll(true)} />
  ));
  return isForAll ? (
    <OwnerInstructionsDialog {...parts} />
  ) : (
    <FormDialog {...parts} load={loadConversation} />
  );
}

/** The instructions for all conversations of the person. */
export function OwnerInstructionsDialog({ onClose, onSessionEnded }: Dialog) {
  const [load] = useState(() => async (signal: AbortSignal) => {
    const { instructions } = await loadOwnerSettings(signal);
    return <OwnerInstructionsForm first={instructions} onSessionEnded={onSessionEnded} />;
  });
  return <FormDialog load={load} onClose={onClose} onSessionEnded={onSessionEnded} />;
}

function FormDialog({
  load,
  onClose,
  onSessionEnded,
}: Dialog & { load: (signal: AbortSignal) => Promise<ReactNode> }) {
  const { modelButton } = useTexts();
  const { loading } = useSettingsTexts();
  return (
    <LoadedDialog
      title={modelButton.title}
      loading={loading}
      load={load}
      onClose={onClose}
      onSessionEnded={onSessionEnded}
    />
  );
}
