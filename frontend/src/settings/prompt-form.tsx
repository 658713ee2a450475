import { useId, useState } from "react";
import { maxPromptLength, maxPromptNameLength, type Prompt } from "#lib/contract/settings.ts";
import { usePageSettingsTexts } from "../texts/use-page-settings-texts.ts";
import { useTexts } from "../texts/use-texts.tsx";
import button from "../ui/button.module.css";
import { findPromptFault, type PromptFault } from "./find-prompt-fault.ts";
import styles from "./page-settings.module.css";

/** The name and the text of one prompt. */
export function PromptForm({
  first,
  others,
  onSave,
  onCancel,
}: {
  first: Prompt;
  others: readonly Prompt[];
  onSave: (prompt: Prompt) => Promise<void>;
  onCancel: () => void;
}) {
  const { cancel } = useTexts();
  const { prompts: texts } = usePageSettingsTexts();
  const [prompt, setPrompt] = useState(first);
  const [fault, setFault] = useState<PromptFault | null>(null);
  const [isSaving, setIsSaving] = useState(false);
  const faultId = useId();
  const isTextFault = fault === "text";

  const submit = async () => {
    const found = findPromptFault(prompt, others);
    setFault(found);
    if (found !== null || isSaving) return;
    setIsSaving(true);
    await onSave(prompt);
    setIsSaving(false);
  };

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label>
        {texts.name}
        <input
          className={styles.field}
          // biome-ignore lint/a11y/noAutofocus: replaces the button that the person pressed
          autoFocus
          autoComplete="off"
          autoCapitalize="none"
          dir="auto"
          maxLength={maxPromptNameLength}
          value={prompt.name}
          aria-invalid={(fault !== null && !isTextFault) || undefined}
          aria-describedby={faultId}
          onChange={({ target }) => setPrompt({ ...prompt, name: target.value })}
        />
      </label>
      <label>
        {texts.text}
        <textarea
          className={styles.field}
          dir="auto"
          rows={4}
          maxLength={maxPromptLength}
          value={prompt.text}
          aria-invalid={isTextFault || undefined}
          aria-describedby={faultId}
          onChange={({ target }) => setPrompt({ ...prompt, text: target.value })}
        />
      </label>
      <p id={faultId} className={styles.fault} role="alert">
        {fault !== null && texts.faults[fault]}
      </p>
      <span className={styles.buttons}>
        <button className={button.primary} type="submit" aria-disabled={isSaving || undefined}>
          {texts.save}
        </button>
        <button className={button.quiet} type="button" onClick={onCancel}>
          {cancel}
        </button>
      </span>
    </form>
  );
}
