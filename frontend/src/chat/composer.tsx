import type { KeyboardEvent, RefObject } from "react";
import { maxMessageLength } from "#lib/contract/chat.ts";
import button from "../ui/button.module.css";
import { useSecondsLeft } from "../ui/use-seconds-left.ts";
import styles from "./composer.module.css";

// The counter appears when it begins to matter.
const roomLeftToTell = 400;

export function Composer({
  field,
  text,
  onType,
  onSend,
  isEditing,
  onCancelEdit,
  blockedUntil,
  stoppable,
  onStop,
}: {
  field: RefObject<HTMLTextAreaElement | null>;
  text: string;
  onType: (text: string) => void;
  onSend: () => void;
  /** The text takes the place of the last message. */
  isEditing: boolean;
  onCancelEdit: () => void;
  /** Milliseconds since 1970. */
  blockedUntil: number | null;
  /** The turn that a press on Stop would end. */
  stoppable: { turnId: string; isStopping: boolean } | null;
  onStop: (turnId: string) => void;
}) {
  const isBlocked = useSecondsLeft(blockedUntil) > 0;
  const length = text.trim().length;
  const roomLeft = maxMessageLength - length;
  const canSend = length > 0 && roomLeft >= 0 && !isBlocked;

  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape" && !event.nativeEvent.isComposing) {
      if (isEditing) onCancelEdit();
      else if (stoppable !== null && !stoppable.isStopping) onStop(stoppable.turnId);
    }
    // While an input method is composing, Enter chooses a word.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
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
          Editing your last message: sending replaces it and its answer.
          <button className={button.plain} type="button" onClick={onCancelEdit}>
            Cancel
          </button>
        </p>
      )}
      <label className="spoken" htmlFor="message">
        Message
      </label>
      <textarea
        className={styles.field}
        id="message"
        ref={field}
        rows={1}
        value={text}
        placeholder="Write a message"
        // On a touch screen it would open the keyboard before anything has been read.
        // biome-ignore lint/a11y/noAutofocus: writing is what this page is for
        autoFocus={matchMedia("(pointer: fine)").matches}
        aria-invalid={roomLeft < 0}
        aria-describedby="message-room message-keys"
        onChange={(event) => onType(event.target.value)}
        dir="auto"
        onKeyDown={onKey}
      />
      <div className={styles.row}>
        <p className={roomLeft < 0 ? styles.tooLong : styles.hint} id="message-room" role="status">
          {roomLeft < 0 && `${-roomLeft} characters too many`}
          {roomLeft >= 0 && roomLeft <= roomLeftToTell && `${roomLeft} characters left`}
        </p>
        <p className="spoken" id="message-keys">
          Enter sends, Shift and Enter begins a new line, Escape stops the answer.
        </p>
        {stoppable !== null && (
          <button
            className={button.quiet}
            type="button"
            disabled={stoppable.isStopping}
            onClick={() => onStop(stoppable.turnId)}
          >
            {stoppable.isStopping ? "Stopping…" : "Stop"}
          </button>
        )}
        <button className={button.primary} type="submit" disabled={!canSend}>
          Send
        </button>
      </div>
    </form>
  );
}
