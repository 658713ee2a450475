import type { Notice } from "#frontend/ui/notice.ts";
import { type Conversation, emptyConversation, type OutgoingMessage } from "./conversation.ts";

export interface ConversationView {
  conversation: Conversation;
  /** Of the transcript, after a reload. */
  transcript: "loading" | "ready" | "failed";
  /** Why the last message came back; until it passes, others would too. */
  refusal: Notice | null;
  /** Anything else that went wrong. */
  notice: Notice | null;
  /** Set while the stream of an answer is interrupted: when it will be asked for again. */
  interrupted: Notice | null;
  /** The answer that is followed has shown no sign of life for a while. */
  isReconnecting: boolean;
  stoppingTurnId: string | null;
}

export type ConversationStore = ReturnType<typeof createConversationStore>;

/** What is shown of one conversation, and who is told when that changes. */
export function createConversationStore(conversationId: string | null, outbox: OutgoingMessage[]) {
  let view: ConversationView = {
    conversation: { ...emptyConversation, id: conversationId, outbox },
    transcript: conversationId === null ? "ready" : "loading",
    refusal: null,
    notice: null,
    interrupted: null,
    isReconnecting: false,
    stoppingTurnId: null,
  };
  const listeners = new Set<() => void>();
  let isFrameAsked = false;

  function tell(): void {
    for (const listener of listeners) listener();
  }

  return {
    read: () => view,
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    /** Tells it with the next frame: tokens may come faster than a screen can show them. */
    show(changes: Partial<ConversationView>): void {
      view = { ...view, ...changes };
      if (isFrameAsked) return;
      isFrameAsked = true;
      requestAnimationFrame(() => {
        isFrameAsked = false;
        tell();
      });
    },
    /** At once, where somebody may be typing. */
    tell,
  };
}
