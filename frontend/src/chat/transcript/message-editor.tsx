import { type KeyboardEvent, type RefObject, useEffect, useId, useRef, useState } from "react";
import type { ApiProblem } from "#frontend/api/api-problem.ts";
import { useEditTexts } from "#frontend/texts/use-edit-texts.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { wordFor } from "#frontend/texts/word-for.ts";
import button from "#frontend/ui/button.module.css";
import { isComposing } from "#frontend/ui/is-composing.ts";
import { describeProblem } from "#frontend/ui/problem-texts.ts";
import { randomId } from "#frontend/ui/random-id.ts";
import { useMediaQuery } from "#frontend/ui/use-media-query.ts";
import { withoutBlankLines } from "#lib/contract/blank-text.ts";
import { isSendKey } from "../composer/send-key.ts";
import { useGrowingField } from "../composer/use-growing-field.ts";
import type { ShownTurn } from "../conversation/conversation-state.ts";
import type { Edit } from "../conversation/tab-storage.ts";
import styles from "./message-editor.module.css";
import type { TurnActions } from "./turn-actions.ts";

interface MessageEditorProps extends Pick<TurnActions, "onEdit" | "onSendEdit" | "onRewrite"> {
  turn: ShownTurn;
  /** The text at first, with the idempotency key of a refused message of exactly this text. */
  edit: Edit;
  /** UTF-16 units that a message may have. */
  messageLimit: number;
}

/** Edits the message of a turn in its place: as another version with an answer of its own, or only its text. */
export function MessageEditor({
  turn,
  edit,
  messageLimit,
  onEdit,
  onSendEdit,
  onRewrite,
}: MessageEditorProps) {
  const allTexts = useTexts();
  const texts = useEditTexts();
  const field = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const [text, setText] = useState(edit.text);
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [isSaving, setIsSaving] = useState(false);
  const isTouched = useMediaQuery("(pointer: coarse)");
  const message = withoutBlankLines(text);
  const excess = message.length - messageLimit;
  const canSend = message !== "" && excess <= 0 && !isSaving;
  useGrowingField(field, text);
  useFirstFocus(field);

  const cancel = () => onEdit(turn, null);
  const send = () => {
    if (!canSend) return;
    const key = text === edit.text ? edit.key : null;
    onSendEdit(turn, { key: key ?? randomId(), text: message });
  };
  const save = async () => {
    if (!canSend) return;
    if (message === turn.message) return cancel();
    setIsSaving(true);
    const refusal = await onRewrite(turn, message);
    setIsSaving(false);
    if (refusal === null) cancel();
    else setProblem(refusal);
  };
  const onKey = (event: KeyboardEvent) => {
    if (isComposing(event)) return;
    if (event.key === "Escape") cancel();
    if (!isSendKey(event, isTouched)) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      className={styles.editor}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label className={styles.label} htmlFor={id}>
        {texts.editing}
      </label>
      <textarea
        className={styles.field}
        id={id}
        ref={field}
        rows={1}
        value={text}
        enterKeyHint={isTouched ? "enter" : "send"}
        aria-invalid={excess > 0}
        aria-describedby={`${id}-hint`}
        dir="auto"
        onChange={(event) => {
          setText(event.target.value);
          setProblem(null);
          onEdit(turn, { text: event.target.value, key: null });
        }}
        onKeyDown={onKey}
      />
      <div className={styles.row}>
        <p
          className={styles.hint}
          id={`${id}-hint`}
          role="status"
          data-wrong={excess > 0 || undefined}
        >
          {excess > 0 ? allTexts.composer.tooLong(excess, messageLimit) : texts.hint}
        </p>
        {problem && (
          <p className={styles.hint} role="alert" data-wrong>
            {wordFor(texts.problems, problem.type) ?? describeProblem(problem, allTexts)}
          </p>
        )}
        <div className={styles.buttons}>
          <button className={button.quiet} type="button" onClick={cancel}>
            {allTexts.cancel}
          </button>
          <button
            className={button.quiet}
            type="button"
            disabled={!canSend}
            onClick={() => void save()}
          >
            {texts.saveOnly}
          </button>
          <button className={button.primary} type="submit" disabled={!canSend}>
            {allTexts.composer.send}
          </button>
        </div>
      </div>
    </form>
  );
}

/** A waiting answer must end before its message can be edited, and the person may not want that. */
export function StopToEdit({
  isStopping,
  onStop,
  onCancel,
}: {
  isStopping: boolean;
  onStop: () => void;
  onCancel: () => void;
}) {
  const { cancel } = useTexts();
  const texts = useEditTexts();
  return (
    <div className={styles.question}>
      <p className={styles.asked} role="alert">
        {texts.stopToEdit}
      </p>
      <div className={styles.choices}>
        <button
          className={button.quiet}
          type="button"
          // biome-ignore lint/a11y/noAutofocus: replaces the button that the person pressed
          autoFocus
          aria-disabled={isStopping}
          onClick={() => {
            if (!isStopping) onStop();
          }}
        >
          {texts.stopAndEdit}
        </button>
        <button className={button.quiet} type="button" onClick={onCancel}>
          {cancel}
        </button>
      </div>
    </div>
  );
}

/** Focuses the field if the button that opened it had the focus. After a reload the focus is in the composer. */
function useFirstFocus(field: RefObject<HTMLTextAreaElement | null>): void {
  useEffect(() => {
    const element = field.current;
    if (element === null || document.activeElement !== document.body) return;
    element.focus();
    element.setSelectionRange(element.value.length, element.value.length);
    // The focus shows only the caret, and that below the header, too.
    element.form?.scrollIntoView({ block: "nearest" });
  }, [field]);
}
