import { useEffect, useId, useRef, useState } from "react";
import { useTexts } from "../texts/use-texts.tsx";
import button from "./button.module.css";
import styles from "./confirmed-button.module.css";

/** A button that asks first. After a "Cancel" it has the focus again. */
export function ConfirmedButton({
  label,
  question,
  describedBy,
  onConfirm,
}: {
  label: string;
  question: string;
  /** The id of the element that names what the press changes. */
  describedBy: string;
  onConfirm: () => void;
}) {
  const { cancel } = useTexts();
  const [isAsking, setIsAsking] = useState(false);
  const wasAsking = useRef(false);
  const firstButton = useRef<HTMLButtonElement>(null);
  const questionId = useId();

  useEffect(() => {
    if (wasAsking.current && !isAsking) firstButton.current?.focus();
    wasAsking.current = isAsking;
  }, [isAsking]);

  if (!isAsking) {
    return (
      <button
        ref={firstButton}
        className={button.plain}
        type="button"
        aria-describedby={describedBy}
        onClick={() => setIsAsking(true)}
      >
        {label}
      </button>
    );
  }
  return (
    <span className={styles.choices}>
      <span id={questionId}>{question}</span>
      <button
        className={button.plain}
        type="button"
        // biome-ignore lint/a11y/noAutofocus: replaces the button that the person pressed
        autoFocus
        aria-describedby={`${questionId} ${describedBy}`}
        onClick={onConfirm}
      >
        {label}
      </button>
      <button className={button.plain} type="button" onClick={() => setIsAsking(false)}>
        {cancel}
      </button>
    </span>
  );
}
