import { type ReactNode, useState } from "react";
import { OwnerInstructionsForm } from "#frontend/chat/settings/owner-instructions-form.tsx";
import { loadOwnerSettings } from "#frontend/chat/settings/owner-settings.ts";
import type { OwnerSettings } from "#lib/contract/settings.ts";
import { toApiProblem } from "../api/api-problem.ts";
import { usePageSettingsTexts } from "../texts/use-page-settings-texts.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { LoadedDialog } from "../ui/loaded-dialog.tsx";
import { BrowserChoices } from "./browser-choices.tsx";
import { DeleteEverything } from "./delete-everything.tsx";
import { ExportEverything } from "./export-everything.tsx";
import { ImportConversations } from "./import-conversations.tsx";
import styles from "./page-settings.module.css";
import { PromptList } from "./prompt-list.tsx";

interface SettingsDialogProps {
  onClose: () => void;
  onSessionEnded: () => void;
  /** There may be new conversations. */
  onImported: () => void;
  /** Everything of the person is deleted, and the session has ended. */
  onDeleted: () => void;
}

export function PageSettingsDialog(props: SettingsDialogProps) {
  const { menu } = useTexts();
  const texts = usePageSettingsTexts();
  const [load] = useState(() => async (signal: AbortSignal) => {
    const [settings, programs] = await Promise.all([
      loadOwnerSettings(signal),
      loadPrograms(signal, props.onSessionEnded),
    ]);
    return <PageSettings settings={settings} programs={programs} {...props} />;
  });
  return <LoadedDialog title={menu.settings} loading={texts.loading} load={load} {...props} />;
}

/** Loads the script that requests and draws the keys, so that the dialog's own script stays small. */
async function loadPrograms(signal: AbortSignal, onSessionEnded: () => void): Promise<ReactNode> {
  const { loadKeyList } = await import("./key-list.tsx").catch((error) => {
    throw toApiProblem(error);
  });
  return await loadKeyList(signal, onSessionEnded);
}

function PageSettings({
  settings,
  programs,
  onSessionEnded,
  onImported,
  onDeleted,
}: SettingsDialogProps & { settings: OwnerSettings; programs: ReactNode }) {
  const texts = usePageSettingsTexts();
  return (
    <div className={styles.settings}>
      <Section heading={texts.look}>
        <BrowserChoices />
      </Section>
      <Section heading={texts.instructions}>
        <OwnerInstructionsForm first={settings.instructions} onSessionEnded={onSessionEnded} />
      </Section>
      <Section heading={texts.prompts.heading}>
        <PromptList first={settings.prompts} onSessionEnded={onSessionEnded} />
      </Section>
      <Section heading={texts.programs}>{programs}</Section>
      <Section heading={texts.data.heading}>
        <ExportEverything onSessionEnded={onSessionEnded} />
        <ImportConversations onImported={onImported} onSessionEnded={onSessionEnded} />
        <DeleteEverything onDeleted={onDeleted} onSessionEnded={onSessionEnded} />
      </Section>
    </div>
  );
}

function Section({ heading, children }: { heading: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3>{heading}</h3>
      {children}
    </section>
  );
}
