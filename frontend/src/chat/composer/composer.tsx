import { type KeyboardEvent, type RefObject, type SyntheticEvent, useState } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import { isComposing } from "#frontend/ui/is-composing.ts";
import { useGrowingField } from "#frontend/ui/use-growing-field.ts";
import { useMediaQuery } from "#frontend/ui/use-media-query.ts";
import { useSecondsLeft } from "#frontend/ui/use-seconds-left.ts";
import { withoutBlankLines } from "#lib/contract/blank-text.ts";
import { maxOpenTurns } from "#lib/contract/chat.ts";
import styles from "./composer.module.css";

// The counter appears when it begins to matter.
const roomLeftToTell = 400;
// A browser lays out a text of some megabytes for minutes, and nothing of that could be sent.
const longestInsertion = 100_000;

export function Composer({
  field,
  text,
  messageLimit,
  onType,
  onSend,
  isEditing,
  onCancelEdit,
  blockedUntil,
  unanswered,
  stoppable,
  onStop,
}: {
  field: RefObject<HTMLTextAreaElement | null>;
  text: string;
  /** UTF-16 units that the service takes at once. */
  messageLimit: number;
  onType: (text: string) => void;
  onSend: () => void;
  /** The text takes the place of the last message. */
  isEditing: boolean;
  onCancelEdit: () => void;
  /** Milliseconds since 1970. */
  blockedUntil: number | null;
  /** Messages that have been sent and not answered. */
  unanswered: number;
  /** The turn that a press on Stop would end. */
  stoppable: { turnId: string; isStopping: boolean } | null;
  onStop: (turnId: string) => void;
}) {
  const { composer: texts, cancel } = useTexts();
  const isBlocked = useSecondsLeft(blockedUntil) > 0;
  const length = withoutBlankLines(text).length;
  const roomLeft = messageLimit - length;
  const isQueueFull = unanswered >= maxOpenTurns;
  const canSend = length > 0 && roomLeft >= 0 && !isBlocked && !isQueueFull;
  const [leftOut, setLeftOut] = useState(0);
  // A keyboard on the glass has no Shift to hold: there Enter begins a line, as in every field. A tablet that is docked changes.
  const isTouched = useMediaQuery("(pointer: coarse)");
  useGrowingField(field, text);

  const leaveOutHuge = (event: SyntheticEvent, { length: insertion }: string) => {
    if (insertion <= longestInsertion) return;
    event.preventDefault();
    setLeftOut(insertion);
  };

  const onKey = (event: KeyboardEvent) => {
    // While an input method is composing, these keys are its own.
    if (isComposing(event)) return;
    if (event.key === "Escape") {
      if (isEditing) onCancelEdit();
      else if (stoppable !== null && !stoppable.isStopping) onStop(stoppable.turnId);
    }
    if (event.key !== "Enter" || event.shiftKey) return;
    if (isTouched && !event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    if (canSend) onSend();
  };

  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        if (canSend) onSend();
      }}
    >
      {isEditing && (
        <p className={styles.editing}>
          {texts.editing}
          <button className={button.plain} type="button" onClick={onCancelEdit}>
            {cancel}
          </button>
        </p>
      )}
      <label className="spoken" htmlFor="message">
        {texts.message}
      </label>
      <textarea
        className={styles.field}
        id="message"
        ref={field}
        rows={1}
        value={text}
        placeholder={texts.placeholder}
        enterKeyHint={isTouched ? "enter" : "send"}
        aria-invalid={roomLeft < 0}
        aria-describedby="message-room message-keys"
        onChange={(event) => {
          setLeftOut(0);
          onType(event.target.value);
        }}
        onPaste={(event) => leaveOutHuge(event, event.clipboardData.getData("text"))}
        onDrop={(event) => leaveOutHuge(event, event.dataTransfer.getData("text"))}
        dir="auto"
        onKeyDown={onKey}
      />
      <div className={styles.row}>
        <p
          className={roomLeft < 0 || leftOut > 0 ? styles.tooLong : styles.hint}
          id="message-room"
          role="status"
        >
          <Hint
            messageLimit={messageLimit}
            roomLeft={roomLeft}
            unanswered={unanswered}
            leftOut={leftOut}
          />
        </p>
        <p className="spoken" id="message-keys">
          {isTouched ? texts.touchKeys : texts.keys}
        </p>
        <div className={styles.buttons}>
          {stoppable !== null && (
            <button
              className={button.quiet}
              type="button"
              disabled={stoppable.isStopping}
              onClick={() => onStop(stoppable.turnId)}
            >
              {stoppable.isStopping ? texts.stopping : texts.stop}
            </button>
          )}
          <button className={button.primary} type="submit" disabled={!canSend}>
            {texts.send}
          </button>
        </div>
      </div>
    </form>
  );
}

/** Why nothing can be sent; else what is worth knowing before it is. */
function Hint({
  messageLimit,
  roomLeft,
  unanswered,
  leftOut,
}: {
  messageLimit: number;
  roomLeft: number;
  unanswered: number;
  /** Characters that were to be inserted, and were not. */
  leftOut: number;
}) {
  const { composer: texts } = useTexts();
  if (leftOut > 0) return texts.pasteTooLong(leftOut, messageLimit);
  if (roomLeft < 0) return texts.tooLong(-roomLeft, messageLimit);
  if (unanswered >= maxOpenTurns) return texts.queueFull(maxOpenTurns);
  if (roomLeft <= roomLeftToTell) return texts.charactersLeft(roomLeft);
  return unanswered > 1 && texts.queued(unanswered - 1);
}
