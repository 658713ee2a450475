import {
  type KeyboardEvent,
  type ReactNode,
  type RefObject,
  type SyntheticEvent,
  useState,
} from "react";
import type { Commands } from "#frontend/commands/command.ts";
import { LateSlashMenu } from "#frontend/commands/late-slash-menu.ts";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import button from "#frontend/ui/button.module.css";
import { Icon } from "#frontend/ui/icon.tsx";
import { isComposing } from "#frontend/ui/is-composing.ts";
import { useMediaQuery } from "#frontend/ui/use-media-query.ts";
import { useSecondsLeft } from "#frontend/ui/use-seconds-left.ts";
import { withoutBlankLines } from "#lib/contract/blank-text.ts";
import { maxOpenTurns } from "#lib/contract/chat.ts";
import styles from "./composer.module.css";
import { isSendKey, startsLine } from "./send-key.ts";
import { useGrowingField } from "./use-growing-field.ts";

// UTF-16 units that are left when the counter appears.
const counterThreshold = 400;
// UTF-16 units. A browser needs minutes to lay out a text of some megabytes, which nobody could send.
const longestInsertion = 100_000;

interface Stoppable {
  turnId: string;
  isStopping: boolean;
  /** The turn waits for a person's decision. */
  isParked: boolean;
}

interface ComposerProps {
  field: RefObject<HTMLTextAreaElement | null>;
  text: string;
  /** UTF-16 units that a message may have. */
  messageLimit: number;
  onType: (text: string) => void;
  onSend: () => void;
  /** The service refuses messages until this time (milliseconds since 1970). */
  blockedUntil: number | null;
  /** The number of messages without an answer. */
  unanswered: number;
  /** The turn that the Stop button ends. */
  stoppable: Stoppable | null;
  onStop: (turnId: string) => void;
  /** How much of what the model can get the conversation fills. */
  context: ReactNode;
  /** The files of the message. */
  attachments: ReactNode;
  /** The button that attaches files. */
  attachButton: ReactNode;
  /** What a slash at the beginning of the text offers. */
  commands: Commands;
}

/** The field for a message, with the buttons to send and to stop. */
export function Composer({
  field,
  text,
  messageLimit,
  onType,
  onSend,
  blockedUntil,
  unanswered,
  stoppable,
  onStop,
  context,
  attachments,
  attachButton,
  commands,
}: ComposerProps) {
  const { composer: texts } = useTexts();
  const isBlocked = useSecondsLeft(blockedUntil) > 0;
  const length = withoutBlankLines(text).length;
  const roomLeft = messageLimit - length;
  const isQueueFull = unanswered >= maxOpenTurns;
  const canSend = length > 0 && roomLeft >= 0 && !isBlocked && !isQueueFull;
  const [rejectedLength, setRejectedLength] = useState(0);
  // Docking a tablet changes the answer.
  const isTouched = useMediaQuery("(pointer: coarse)");
  useGrowingField(field, text);

  const rejectHuge = (event: SyntheticEvent, { length: insertion }: string) => {
    if (insertion <= longestInsertion) return;
    event.preventDefault();
    setRejectedLength(insertion);
  };

  const onKey = (event: KeyboardEvent) => {
    // During composition these keys belong to the input method.
    if (isComposing(event)) return;
    // A stray Escape must not end a turn that waits, perhaps for days. The button does.
    if (event.key === "Escape" && stoppable && !stoppable.isStopping && !stoppable.isParked)
      onStop(stoppable.turnId);
    if (event.key === "ArrowUp" && text === "" && commands.editLast) {
      event.preventDefault();
      commands.editLast();
    }
    if (!isSendKey(event, isTouched)) return;
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
      {/^\/[\p{L}\p{N}_-]*$/u.test(text) && (
        <LateSlashMenu field={field} query={text.slice(1)} commands={commands} onInsert={onType} />
      )}
      {attachments}
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
          setRejectedLength(0);
          onType(event.target.value);
        }}
        onPaste={(event) => rejectHuge(event, event.clipboardData.getData("text"))}
        onDrop={(event) => rejectHuge(event, event.dataTransfer.getData("text"))}
        dir="auto"
        onKeyDown={onKey}
        // The ring is for those who came by keyboard.
        onKeyUp={({ key, currentTarget }) =>
          key === "Tab" && currentTarget.setAttribute("data-ring", "")
        }
        onBlur={({ currentTarget }) => currentTarget.removeAttribute("data-ring")}
      />
      <div className={styles.row}>
        {attachButton}
        {context}
        <Buttons canSend={canSend} stoppable={stoppable} onStop={onStop} />
      </div>
      <p
        className={roomLeft < 0 || rejectedLength > 0 ? styles.tooLong : styles.hint}
        id="message-room"
        role="status"
      >
        <Hint
          messageLimit={messageLimit}
          roomLeft={roomLeft}
          unanswered={unanswered}
          rejectedLength={rejectedLength}
        />
      </p>
      <p className="spoken" id="message-keys">
        {startsLine(isTouched) ? texts.touchKeys : texts.keys}
      </p>
    </form>
  );
}

function Buttons({
  canSend,
  stoppable,
  onStop,
}: Pick<ComposerProps, "stoppable" | "onStop"> & { canSend: boolean }) {
  const { composer: texts } = useTexts();
  return (
    <div className={styles.buttons}>
      {stoppable !== null && (
        <button
          className={button.quiet}
          type="button"
          disabled={stoppable.isStopping}
          onClick={() => onStop(stoppable.turnId)}
        >
          <Icon name="stop" />
          <span>{stoppable.isStopping ? texts.stopping : texts.stop}</span>
        </button>
      )}
      <button className={button.primary} type="submit" disabled={!canSend}>
        <Icon name="send" />
        <span>{texts.send}</span>
      </button>
    </div>
  );
}

/** Says why the message cannot be sent, else how many characters are left and how many messages wait. */
function Hint({
  messageLimit,
  roomLeft,
  unanswered,
  rejectedLength,
}: {
  messageLimit: number;
  roomLeft: number;
  unanswered: number;
  /** The length of a paste that was rejected; 0 if there was none. */
  rejectedLength: number;
}) {
  const { composer: texts } = useTexts();
  if (rejectedLength > 0) return texts.pasteTooLong(rejectedLength, messageLimit);
  if (roomLeft < 0) return texts.tooLong(-roomLeft, messageLimit);
  if (unanswered >= maxOpenTurns) return texts.queueFull(maxOpenTurns);
  if (roomLeft <= counterThreshold) return texts.charactersLeft(roomLeft);
  return unanswered > 1 && texts.queued(unanswered - 1);
}
