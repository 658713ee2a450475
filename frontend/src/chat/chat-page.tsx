import { useEffect, useRef, useState } from "react";
import { ConversationList } from "../conversations/conversation-list.tsx";
import { useConversationList } from "../conversations/use-conversation-list.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { useMediaQuery } from "../ui/use-media-query.ts";
import { useOnline } from "../ui/use-online.ts";
import { SpokenAnswer } from "./answer/spoken-answer.tsx";
import styles from "./chat-page.module.css";
import { Composer } from "./composer/composer.tsx";
import { useDraft } from "./composer/use-draft.ts";
import { type Conversation, countUnanswered } from "./conversation/conversation.ts";
import { resumeOtherSends } from "./conversation/live-conversation.ts";
import { useConversation } from "./conversation/use-conversation.ts";
import { useRoute } from "./conversation/use-route.ts";
import { ChatHeader } from "./header/chat-header.tsx";
import { SignOutDialog } from "./header/sign-out-dialog.tsx";
import { Notices } from "./transcript/notices.tsx";
import { Transcript } from "./transcript/transcript.tsx";
import { useStickToBottom } from "./transcript/use-stick-to-bottom.ts";
import { Welcome } from "./transcript/welcome.tsx";

interface ChatPageProps {
  /** UTF-16 units that a message may have. */
  messageLimit: number;
  /** The session has run out; the tab keeps what it has. */
  onSessionEnded: () => void;
  /** The person has signed out. */
  onSignedOut: () => void;
}

export function ChatPage(props: ChatPageProps) {
  const place = useRoute();
  const isWide = useMediaQuery("(min-width: 60rem)");
  const [isListOpen, setIsListOpen] = useState(false);
  const list = useConversationList(props.onSessionEnded);

  const { onSessionEnded } = props;
  const onDelivered = list.reread;

  useEffect(() => resumeOtherSends({ onSessionEnded, onDelivered }), [onSessionEnded, onDelivered]);

  const go = (conversationId: string | null) => {
    setIsListOpen(false);
    place.go(conversationId);
  };
  return (
    <div className={styles.layout}>
      <ConversationList
        list={list}
        isWide={isWide}
        isOpen={isListOpen}
        currentId={list.currentId}
        onClose={() => setIsListOpen(false)}
        onOpen={go}
        onCurrentDeleted={() => place.go(null)}
      />
      {/* A new key is a new page. */}
      <Chat
        key={place.visit}
        {...props}
        conversationId={place.conversationId}
        isFirst={place.visit === 0}
        onDelivered={onDelivered}
        onSigningOut={list.finishDelete}
        onChange={list.follow}
        onNewChat={() => go(null)}
        onShowList={isWide ? null : () => setIsListOpen(true)}
      />
    </div>
  );
}

function Chat({
  messageLimit,
  conversationId,
  isFirst,
  onDelivered,
  onSessionEnded,
  onSignedOut,
  onSigningOut,
  onChange,
  onNewChat,
  onShowList,
}: ChatPageProps & {
  conversationId: string | null;
  /** Nobody has gone anywhere yet. */
  isFirst: boolean;
  onDelivered: () => void;
  /** Does what cannot be done afterwards. */
  onSigningOut: () => Promise<void>;
  /** The list of conversations has changed with this one. */
  onChange: (conversation: Conversation) => void;
  onNewChat: () => void;
  /** Null where the list is always there. */
  onShowList: (() => void) | null;
}) {
  const [isLeaving, setIsLeaving] = useState(false);
  const composer = useRef<HTMLTextAreaElement>(null);
  const main = useRef<HTMLElement>(null);
  const texts = useTexts();
  const isOnline = useOnline();
  const chat = useConversation(conversationId, { onSessionEnded, onDelivered });
  const { id, turns, outbox } = chat.conversation;
  const draft = useDraft(id);
  const newestTurnId = turns.at(-1)?.id;
  const { isStuck, stick } = useStickToBottom();
  const isEmpty = chat.transcript === "ready" && turns.length === 0 && outbox.length === 0;

  // biome-ignore lint/correctness/useExhaustiveDependencies: an answer that grows changes nothing in the list
  useEffect(() => {
    if (chat.transcript !== "loading") onChange(chat.conversation);
  }, [chat.transcript, id, newestTurnId, onChange]);

  useEffect(() => {
    // Writing is what this page is for; but on a touch screen a keyboard would hide what is to be read.
    if (matchMedia("(pointer: fine)").matches) composer.current?.focus();
    else if (!isFirst) main.current?.focus();
  }, [isFirst]);

  const send = (message = draft.take()) => {
    if (message === undefined) return;
    stick();
    chat.send(message);
    // The button may have had the focus, and is disabled now.
    composer.current?.focus();
  };

  const stop = (turnId: string) => {
    chat.stop(turnId);
    composer.current?.focus();
  };

  return (
    <div className={styles.page}>
      <ChatHeader
        onShowList={onShowList}
        onNewChat={onNewChat}
        onExport={id === null ? null : (format) => void chat.exportAs(format, texts)}
        onSignOut={() => setIsLeaving(true)}
      />
      <main className={styles.main} ref={main} tabIndex={-1}>
        {isEmpty ? (
          <Welcome
            onPick={(text) => {
              draft.type(text);
              composer.current?.focus();
            }}
          />
        ) : (
          <Transcript
            conversation={chat.conversation}
            isLoading={chat.transcript === "loading"}
            isReconnecting={chat.isReconnecting}
            stoppingTurnId={chat.stoppingTurnId}
            onStop={stop}
            onLoadEarlier={chat.loadEarlier}
            // One key for each press that makes sense: a second one changes nothing.
            onAgain={({ id: replaces, message }) =>
              message !== null && send({ key: `again-${replaces}`, text: message, replaces })
            }
            onContinue={({ id: cut }) =>
              send({ key: `continue-${cut}`, text: texts.turn.continueMessage })
            }
            onEdit={({ id: replaces, message }) => {
              draft.edit(message ?? "", replaces);
              composer.current?.focus();
            }}
          />
        )}
      </main>
      <footer className={styles.footer}>
        <SpokenAnswer conversation={chat.conversation} />
        {!isStuck && (
          <button className={styles.toBottom} type="button" onClick={stick}>
            <span aria-hidden="true">↓ </span>
            {texts.transcript.jumpToLatest}
          </button>
        )}
        <Notices chat={chat} isOnline={isOnline} />
        <Composer
          field={composer}
          text={draft.text}
          messageLimit={messageLimit}
          onType={draft.type}
          onSend={() => send()}
          isEditing={draft.replaces !== undefined}
          onCancelEdit={() => {
            draft.cancelEdit();
            composer.current?.focus();
          }}
          unanswered={countUnanswered(chat.conversation)}
          blockedUntil={chat.refusal?.until ?? null}
          stoppable={chat.stoppable}
          onStop={stop}
        />
      </footer>
      {isLeaving && (
        <SignOutDialog
          onStay={() => setIsLeaving(false)}
          onSigningOut={onSigningOut}
          onSignedOut={onSignedOut}
        />
      )}
    </div>
  );
}
