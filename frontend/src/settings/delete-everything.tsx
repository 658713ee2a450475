import { useEffect, useId, useRef, useState } from "react";
import { usePageSettingsTexts } from "../texts/use-page-settings-texts.ts";
import { useTexts } from "../texts/use-texts.tsx";
import button from "../ui/button.module.css";
import { NoticeLine } from "../ui/notice-line.tsx";
import { useRequests } from "../ui/use-requests.ts";
import styles from "./page-settings.module.css";
import { requestDeletion } from "./request-deletion.ts";

interface DeleteEverythingProps {
  onDeleted: () => void;
  onSessionEnded: () => void;
}

/** Deletes everything of the person, once they have typed a word to confirm. */
export function DeleteEverything(props: DeleteEverythingProps) {
  const { deletion: texts } = usePageSettingsTexts();
  const [isAsking, setIsAsking] = useState(false);
  const wasAsking = useRef(false);
  const openButton = useRef<HTMLButtonElement>(null);

  useEffect(() => {
    if (wasAsking.current && !isAsking) openButton.current?.focus();
    wasAsking.current = isAsking;
  }, [isAsking]);

  return (
    <div className={styles.action}>
      <p className={styles.aside}>{texts.explanation}</p>
      {isAsking ? (
        <Confirmation {...props} onCancel={() => setIsAsking(false)} />
      ) : (
        <button
          ref={openButton}
          className={button.danger}
          type="button"
          onClick={() => setIsAsking(true)}
        >
          {texts.delete}
        </button>
      )}
    </div>
  );
}

function Confirmation({
  onDeleted,
  onSessionEnded,
  onCancel,
}: DeleteEverythingProps & { onCancel: () => void }) {
  const { cancel } = useTexts();
  const { deletion: texts } = usePageSettingsTexts();
  const [typed, setTyped] = useState("");
  const { failure, isRunning: isDeleting, run } = useRequests(onSessionEnded);
  const unmounting = useRef<AbortController>(null);
  const id = useId();
  const isConfirmed = typed.trim().toLocaleLowerCase() === texts.word;

  useEffect(() => {
    const controller = new AbortController();
    unmounting.current = controller;
    return () => controller.abort();
  }, []);

  const deleteNow = async () => {
    const signal = unmounting.current?.signal;
    if (!isConfirmed || isDeleting || signal === undefined) return;
    await run(async () => {
      await requestDeletion(signal);
      onDeleted();
    }, signal);
  };

  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void deleteNow();
      }}
    >
      <label htmlFor={id}>{texts.confirm(texts.word)}</label>
      <input
        id={id}
        className={styles.field}
        // biome-ignore lint/a11y/noAutofocus: replaces the button that the person pressed
        autoFocus
        autoComplete="off"
        autoCapitalize="none"
        value={typed}
        onChange={({ target }) => setTyped(target.value)}
      />
      {failure !== null && <NoticeLine notice={failure} then="tryAgain" />}
      <span className={styles.buttons}>
        <button className={button.danger} type="submit" disabled={!isConfirmed || isDeleting}>
          {isDeleting ? texts.deleting : texts.delete}
        </button>
        <button className={button.quiet} type="button" disabled={isDeleting} onClick={onCancel}>
          {cancel}
        </button>
      </span>
    </form>
  );
}
