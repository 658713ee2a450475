import { useEffect, useId, useRef, useState } from "react";
import { useSettingsTexts } from "#frontend/texts/use-settings-texts.ts";
import { maxInstructionsLength } from "#lib/contract/conversation-settings.ts";
import styles from "./settings-form.module.css";

/** A person who has stopped typing for so long has finished a thought. */
const saveAfterMs = 1_000;

/** Instructions for the model. Stores them while the person types, when they leave the field, and when field or page go. */
export function InstructionsField({
  label,
  first,
  onSave,
}: {
  label: string;
  first: string;
  /** Resolves with whether the service has stored the text. */
  onSave: (text: string) => Promise<boolean>;
}) {
  const texts = useSettingsTexts();
  const [text, setText] = useState(first);
  const [isSaved, setIsSaved] = useState(false);
  const countId = useId();
  const latest = useRef({ text: first, saved: first, onSave });
  latest.current = { ...latest.current, text, onSave };

  const save = async () => {
    const { text: typed, saved } = latest.current;
    const next = typed.trim() === "" ? "" : typed;
    if (next === saved) return;
    latest.current.saved = next;
    if (await latest.current.onSave(next)) setIsSaved(true);
    else latest.current.saved = saved;
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: `save` reads the latest text
  useEffect(() => {
    const timer = setTimeout(() => void save(), saveAfterMs);
    return () => clearTimeout(timer);
  }, [text]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `save` reads the latest text
  useEffect(() => {
    const saveNow = () => void save();
    // A reload. The requests for settings outlast the page.
    window.addEventListener("pagehide", saveNow);
    return () => {
      window.removeEventListener("pagehide", saveNow);
      saveNow();
    };
  }, []);

  return (
    <div className={styles.field}>
      <label>
        {label}
        <textarea
          className={styles.text}
          dir="auto"
          rows={5}
          maxLength={maxInstructionsLength}
          value={text}
          placeholder={texts.placeholder}
          aria-describedby={countId}
          onChange={(event) => {
            setText(event.target.value);
            setIsSaved(false);
          }}
          onBlur={() => void save()}
        />
      </label>
      <div className={styles.below}>
        <span role="status">{isSaved && texts.saved}</span>
        <span id={countId}>{texts.count(text.length, maxInstructionsLength)}</span>
      </div>
    </div>
  );
}
