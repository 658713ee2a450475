import { useCallback, useEffect, useRef, useState } from "react";
import { ConversationList } from "../conversations/conversation-list.tsx";
import { useConversationList } from "../conversations/use-conversation-list.ts";
import { useHiddenList } from "../conversations/use-hidden-list.ts";
import { useTexts } from "../texts/use-texts.tsx";
import { useMediaQuery } from "../ui/use-media-query.ts";
import styles from "./chat-page.module.css";
import { resumeOtherSends } from "./conversation/live-conversation.ts";
import { useRoute } from "./conversation/route.ts";
import { ConversationPane } from "./conversation-pane.tsx";
import type { Limits } from "./limits.ts";

interface ChatPageProps {
  limits: Limits;
  /** The service has ended the session. The tab keeps its drafts and outboxes. */
  onSessionEnded: () => void;
  onSignedOut: (reason?: "deleted") => void;
}

/** The list of conversations and the open conversation. */
export function ChatPage(props: ChatPageProps) {
  const { onSessionEnded } = props;
  const texts = useTexts().header;
  const route = useRoute();
  const isWide = useMediaQuery("(min-width: 60rem)");
  const [isDrawerOpen, setIsDrawerOpen] = useState(false);
  const [isListHidden, hideList] = useHiddenList();
  const list = useConversationList(onSessionEnded);
  const chats = [...list.pinned, ...list.conversations];
  const title = useCurrentTitle(list.currentId, chats);
  const { refetch } = list;
  const onDelivered = useCallback(() => void refetch(), [refetch]);

  useEffect(() => resumeOtherSends({ onSessionEnded, onDelivered }), [onSessionEnded, onDelivered]);

  const open = (conversationId: string | null) => {
    setIsDrawerOpen(false);
    route.navigate(conversationId);
  };
  const openNew = () => {
    if (list.isArchive) list.showPart(false);
    open(null);
  };
  const isListOpen = isWide ? !isListHidden : isDrawerOpen;
  const setIsListOpen = (isOpen: boolean) => (isWide ? hideList(!isOpen) : setIsDrawerOpen(isOpen));
  return (
    <div className={styles.layout} data-list={(isWide && isListOpen) || undefined}>
      <button
        className={styles.skip}
        type="button"
        onClick={() => document.querySelector("main")?.focus()}
      >
        {texts.skip}
      </button>
      <ConversationList
        list={list}
        isWide={isWide}
        isOpen={isListOpen}
        currentId={list.currentId}
        idleDays={props.limits.idleDays}
        onNewChat={openNew}
        onClose={() => setIsListOpen(false)}
        onOpen={open}
        onCurrentDeleted={() => route.navigate(null)}
      />
      <ConversationPane
        // A new component for each navigation, so that no state of the old conversation survives.
        key={route.navigationCount}
        {...props}
        conversationId={route.conversationId}
        title={title}
        isFirst={route.navigationCount === 0}
        onDelivered={onDelivered}
        onSigningOut={list.finishDelete}
        onChange={list.setCurrent}
        onNewChat={openNew}
        chats={chats}
        onOpenChat={open}
        onSearch={() => {
          setIsListOpen(true);
          // The list may have to open first.
          requestAnimationFrame(() =>
            document.querySelector<HTMLElement>("nav [type=search]")?.focus(),
          );
        }}
        onToggleList={() => setIsListOpen(!isListOpen)}
        onShowList={isWide && isListOpen ? null : () => setIsListOpen(true)}
      />
    </div>
  );
}

/** Returns the title of the open conversation; null while the list does not know it. A search hides its row, but not the title. */
function useCurrentTitle(
  currentId: string | null,
  chats: readonly { id: string; title: string }[],
): string | null {
  const known = useRef<{ id: string; title: string }>(null);
  const row = chats.find(({ id }) => id === currentId);
  if (row !== undefined) known.current = row;
  return known.current?.id === currentId ? (known.current?.title ?? null) : null;
}
