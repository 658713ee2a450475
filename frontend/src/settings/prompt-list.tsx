import { useEffect, useRef, useState } from "react";
import { updateOwnerSettings } from "#frontend/chat/settings/owner-settings.ts";
import { useSave } from "#frontend/chat/settings/use-save.ts";
import { maxPrompts, type Prompt } from "#lib/contract/settings.ts";
import { usePageSettingsTexts } from "../texts/use-page-settings-texts.ts";
import button from "../ui/button.module.css";
import { NoticeLine } from "../ui/notice-line.tsx";
import { UndoLine } from "../ui/undo-line.tsx";
import styles from "./page-settings.module.css";
import { PromptForm } from "./prompt-form.tsx";

/** A person's own prompts: shows, adds, changes and removes them. */
export function PromptList({
  first,
  onSessionEnded,
}: {
  first: readonly Prompt[];
  onSessionEnded: () => void;
}) {
  const { prompts: texts } = usePageSettingsTexts();
  const [prompts, setPrompts] = useState(first);
  /** The index of the prompt that is being edited; that of a new prompt is the list's length. */
  const [edited, setEdited] = useState<number | null>(null);
  const [status, setStatus] = useState("");
  /** The prompt that was removed last, and its index. Another change ends the chance to bring it back. */
  const [removed, setRemoved] = useState<{ prompt: Prompt; index: number } | null>(null);
  const addButton = useRef<HTMLButtonElement>(null);
  const mayTakeFocus = useRef(false);
  const { save, failure } = useSave(async (next: readonly Prompt[]) => {
    const stored = await updateOwnerSettings({ prompts: [...next] });
    setPrompts(stored.prompts);
  }, onSessionEnded);

  // The button that had the focus has left the page.
  useEffect(() => {
    if (mayTakeFocus.current && edited === null) addButton.current?.focus();
    mayTakeFocus.current = edited !== null;
  }, [edited]);

  const store = async (index: number, prompt: Prompt) => {
    if (!(await save(prompts.toSpliced(index, 1, prompt)))) return;
    setStatus(texts.saved(prompt.name));
    setRemoved(null);
    setEdited(null);
  };
  const remove = async (index: number) => {
    const prompt = prompts[index];
    if (prompt === undefined || !(await save(prompts.toSpliced(index, 1)))) return;
    setStatus("");
    setRemoved({ prompt, index });
  };
  const undoRemove = async ({ prompt, index }: { prompt: Prompt; index: number }) => {
    if (!(await save(prompts.toSpliced(index, 0, prompt)))) return;
    setStatus(texts.saved(prompt.name));
    setRemoved(null);
    addButton.current?.focus();
  };
  const formFor = (index: number) => (
    <PromptForm
      first={prompts[index] ?? { name: "", text: "" }}
      others={prompts.filter((_, other) => other !== index)}
      onSave={(prompt) => store(index, prompt)}
      onCancel={() => setEdited(null)}
    />
  );

  return (
    <>
      <p className={styles.aside}>{texts.explanation}</p>
      {failure !== null && <NoticeLine notice={failure} then="tryAgain" />}
      {prompts.length === 0 && edited === null && <p className={styles.aside}>{texts.none}</p>}
      <ul className={styles.list} aria-label={texts.heading}>
        {prompts.map((prompt, index) => (
          <li key={prompt.name} className={styles.row}>
            {edited === index ? (
              formFor(index)
            ) : (
              <PromptRow
                prompt={prompt}
                onEdit={() => setEdited(index)}
                onRemove={() => void remove(index)}
              />
            )}
          </li>
        ))}
      </ul>
      {edited === prompts.length ? (
        <div className={styles.row}>{formFor(prompts.length)}</div>
      ) : (
        <p>
          <button
            ref={addButton}
            className={button.quiet}
            type="button"
            disabled={prompts.length >= maxPrompts}
            onClick={() => setEdited(prompts.length)}
          >
            {texts.add}
          </button>
        </p>
      )}
      {prompts.length >= maxPrompts && <p className={styles.aside}>{texts.full(maxPrompts)}</p>}
      {removed && (
        <UndoLine
          key={removed.prompt.name}
          text={texts.removed(removed.prompt.name)}
          hasFocus
          onUndo={() => void undoRemove(removed)}
        />
      )}
      <p className={styles.aside} role="status">
        {status}
      </p>
    </>
  );
}

function PromptRow({
  prompt: { name, text },
  onEdit,
  onRemove,
}: {
  prompt: Prompt;
  onEdit: () => void;
  onRemove: () => void;
}) {
  const { prompts: texts } = usePageSettingsTexts();
  const nameId = `prompt-${name}`;
  return (
    <>
      <div className={styles.words}>
        <p id={nameId} className={styles.name} dir="auto">
          /{name}
        </p>
        <p className={styles.text} dir="auto">
          {text}
        </p>
      </div>
      <span className={styles.buttons}>
        <button className={button.plain} type="button" aria-describedby={nameId} onClick={onEdit}>
          {texts.edit}
        </button>
        <button className={button.plain} type="button" aria-describedby={nameId} onClick={onRemove}>
          {texts.remove}
        </button>
      </span>
    </>
  );
}
