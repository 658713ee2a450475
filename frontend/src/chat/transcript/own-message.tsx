import { type RefObject, useEffect, useRef, useState } from "react";
import { useTexts } from "#frontend/texts/use-texts.tsx";
import { Icon } from "#frontend/ui/icon.tsx";
import { isOpen, isParked } from "../conversation/conversation-selectors.ts";
import type { ShownTurn } from "../conversation/conversation-state.ts";
import type { Edit } from "../conversation/tab-storage.ts";
import { LateMessageEditor, LateStopToEdit, LateVersionMarks } from "./late-editing.tsx";
import { Message } from "./message.tsx";
import styles from "./own-message.module.css";
import type { TurnActions } from "./turn-actions.ts";

interface OwnMessageProps extends TurnActions {
  turn: ShownTurn;
  edit: Edit | undefined;
  isStopping: boolean;
  canSwitch: boolean;
  messageLimit: number;
}

/** The message of a turn with its versions. While the person edits the message, an editor is in its place. */
export function OwnMessage(props: OwnMessageProps) {
  const { turn, edit, isStopping, onEdit, onStopAndEdit } = props;
  const { turn: texts } = useTexts();
  const [isAsking, setIsAsking] = useState(false);
  const editButton = useRef<HTMLButtonElement>(null);
  const isQuestioned = isAsking && isParked(turn);
  useReturnedFocus(editButton, edit !== undefined || isQuestioned);

  if (turn.message === null) return null;
  if (edit !== undefined) return <LateMessageEditor {...props} edit={edit} />;
  const { message, versions, earlierMessages } = turn;
  const beginEdit = () => {
    if (isParked(turn)) setIsAsking(true);
    else onEdit(turn, { text: message, key: null });
  };
  return (
    <>
      <Message key={turn.id} text={message} />
      {isQuestioned ? (
        <LateStopToEdit
          isStopping={isStopping}
          onStop={() => onStopAndEdit(turn)}
          onCancel={() => setIsAsking(false)}
        />
      ) : (
        <div className={styles.foot}>
          {(!isOpen(turn) || isParked(turn)) && (
            <button
              ref={editButton}
              type="button"
              data-steady
              title={texts.editMessage}
              aria-label={texts.editMessage}
              onClick={beginEdit}
            >
              <Icon name="edit" />
            </button>
          )}
          {versions.length + earlierMessages.length > 1 && <LateVersionMarks {...props} />}
        </div>
      )}
    </>
  );
}

/** Focuses the button again when what has replaced it is gone, unless the focus is somewhere else by then. */
function useReturnedFocus(target: RefObject<HTMLButtonElement | null>, isReplaced: boolean): void {
  const wasReplaced = useRef(isReplaced);
  useEffect(() => {
    const hasReturned = wasReplaced.current && !isReplaced;
    wasReplaced.current = isReplaced;
    if (hasReturned && document.activeElement === document.body) target.current?.focus();
  }, [target, isReplaced]);
}
