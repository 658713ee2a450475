import { useRef, useState } from "react";
import { useOnline } from "../ui/use-online.ts";
import { ChatHeader } from "./chat-header.tsx";
import styles from "./chat-page.module.css";
import { Composer } from "./composer.tsx";
import { Notices } from "./notices.tsx";
import { SignOutDialog } from "./sign-out-dialog.tsx";
import { SpokenAnswer } from "./spoken-answer.tsx";
import { tabStorage } from "./tab-storage.ts";
import { Transcript } from "./transcript.tsx";
import { useConversation } from "./use-conversation.ts";
import { useDraft } from "./use-draft.ts";
import { useStickToBottom } from "./use-stick-to-bottom.ts";
import { Welcome } from "./welcome.tsx";

interface ChatPageProps {
  /** The session has run out; the tab keeps what it has. */
  onSessionEnded: () => void;
  /** The person has signed out. */
  onSignedOut: () => void;
}

export function ChatPage(props: ChatPageProps) {
  const [chatNumber, setChatNumber] = useState(0);
  const newChat = () => {
    tabStorage.conversationId.write(null);
    tabStorage.outbox.write(null);
    setChatNumber((number) => number + 1);
  };
  // A new key is a new page: what the old conversation still had under way ends with it.
  return <Chat key={chatNumber} {...props} onNewChat={newChat} />;
}

function Chat({
  onSessionEnded,
  onSignedOut,
  onNewChat,
}: ChatPageProps & { onNewChat: () => void }) {
  const [isLeaving, setIsLeaving] = useState(false);
  const composer = useRef<HTMLTextAreaElement>(null);
  const isOnline = useOnline();
  const draft = useDraft();
  const chat = useConversation({ onReturned: draft.putBack, onSessionEnded });
  const { turns, outbox } = chat.conversation;
  const { isStuck, stick } = useStickToBottom();
  const isEmpty = chat.transcript === "ready" && turns.length === 0 && outbox.length === 0;

  const send = () => {
    const message = draft.take();
    if (message === undefined) return;
    stick();
    chat.send(message);
    // The button may have had the focus, and is disabled now.
    composer.current?.focus();
  };

  return (
    <div className={styles.page}>
      <ChatHeader onNewChat={onNewChat} onSignOut={() => setIsLeaving(true)} />
      <main className={styles.main}>
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
            onStop={chat.stop}
            onRetry={chat.retry}
          />
        )}
      </main>
      <footer className={styles.footer}>
        <SpokenAnswer conversation={chat.conversation} />
        {!isStuck && (
          <button className={styles.toBottom} type="button" onClick={stick}>
            <span aria-hidden="true">↓ </span>Newest
          </button>
        )}
        <Notices chat={chat} isOnline={isOnline} />
        <Composer
          field={composer}
          text={draft.text}
          onType={draft.type}
          onSend={send}
          blockedUntil={chat.refusal?.until ?? null}
          stoppable={chat.stoppable}
          onStop={(turnId) => {
            chat.stop(turnId);
            composer.current?.focus();
          }}
        />
      </footer>
      {isLeaving && <SignOutDialog onStay={() => setIsLeaving(false)} onSignedOut={onSignedOut} />}
    </div>
  );
}
