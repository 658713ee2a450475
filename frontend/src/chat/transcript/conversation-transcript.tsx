import { useTexts } from "#frontend/texts/use-texts.tsx";
import { drafts } from "../composer/drafts.ts";
import type { useDraft } from "../composer/use-draft.ts";
import type { OutgoingMessage, ShownTurn } from "../conversation/conversation-state.ts";
import { newVersion } from "../conversation/new-version.ts";
import type { Edit } from "../conversation/tab-storage.ts";
import type { useConversation } from "../conversation/use-conversation.ts";
import { LateTranscript } from "./late-transcript.tsx";

interface ConversationTranscriptProps {
  chat: ReturnType<typeof useConversation>;
  draft: ReturnType<typeof useDraft>;
  messageLimit: number;
  onSend: (message: OutgoingMessage) => void;
  onStop: (turnId: string) => void;
  focusComposer: () => void;
  focusMain: () => void;
}

/** The transcript of the open conversation, and what a person can do with its turns. */
export function ConversationTranscript(props: ConversationTranscriptProps) {
  const { chat, draft, onSend, onStop, focusComposer, focusMain } = props;
  const texts = useTexts();
  const { id } = chat.conversation;
  const edit = (turn: ShownTurn, text: Edit | null) => drafts.writeEdit(id, turn.id, text);
  return (
    <LateTranscript
      conversation={chat.conversation}
      isLoading={chat.transcript === "loading"}
      isReconnecting={chat.isReconnecting}
      isSwitching={chat.isSwitching}
      stoppingTurnId={chat.stoppingTurnId}
      edits={draft.edits}
      messageLimit={props.messageLimit}
      onStop={onStop}
      onLoadEarlier={chat.loadEarlier}
      onAgain={(turn) => turn.message !== null && onSend(newVersion(turn))}
      onContinue={({ id: cut }) =>
        onSend({ key: `continue-${cut}`, text: texts.turn.continueMessage })
      }
      onSuggestion={({ id: last }, text, index) =>
        onSend({ key: `suggestion-${last}-${index}`, text })
      }
      onQuote={(quote) => {
        draft.update(quote);
        focusComposer();
      }}
      onEdit={edit}
      onSendEdit={(turn, { key, text }) => {
        edit(turn, null);
        onSend({ ...newVersion(turn), key, text });
      }}
      onRewrite={(turn, text) => chat.rewrite(turn.id, text)}
      onShowBranch={chat.showBranch}
      onStopAndEdit={(turn) => {
        const begun = { text: turn.message ?? "", key: null };
        void chat.stop(turn.id).then((isAccepted) => isAccepted && edit(turn, begun));
      }}
      onDecide={chat.decide}
      // On a touch screen a keyboard would cover the answer that goes on.
      onLastDecided={matchMedia("(pointer: fine)").matches ? focusComposer : focusMain}
    />
  );
}
