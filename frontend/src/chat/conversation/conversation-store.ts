import { createListeners } from "#frontend/ui/listeners.ts";
import type { Notice } from "#frontend/ui/notice.ts";
import { drafts } from "../composer/drafts.ts";
import { type ConversationAction, reduceConversation } from "./conversation-reducer.ts";
import { type Conversation, emptyConversation } from "./conversation-state.ts";
import { saveOutbox } from "./outboxes.ts";
import { replaceRoute } from "./route.ts";
import { defaultSettings, type Outbox, tabStorage } from "./tab-storage.ts";

export interface ConversationView {
  conversation: Conversation;
  /** The state of the first request for the transcript. */
  transcript: "loading" | "ready" | "failed";
  /** Why the service refused the last message. While the reason lasts, it would refuse another one too. */
  refusal: Notice | null;
  /** Any other error. */
  notice: Notice | null;
  /** Set while the stream of an answer is interrupted; `until` is the time of the next request. */
  interrupted: Notice | null;
  /** The runner of the open turn seems to be dead: see `detectSilence`. */
  isReconnecting: boolean;
  stoppingTurnId: string | null;
  /** Another branch was requested, and is not shown yet. */
  isSwitching: boolean;
}

export type ConversationStore = ReturnType<typeof createConversationStore>;

/**
 * Holds what the page shows of one conversation, and keeps the tab's storage, drafts and address in step with it.
 * A store outlives its component: a conversation that the person has left may still send messages.
 */
export function createConversationStore({ key, conversationId, messages }: Outbox) {
  let view: ConversationView = {
    conversation: {
      ...emptyConversation,
      id: conversationId,
      outbox: messages,
      settings: settingsOf({ conversationId, messages }),
    },
    transcript: conversationId === null ? "ready" : "loading",
    refusal: null,
    notice: null,
    interrupted: null,
    isReconnecting: false,
    stoppingTurnId: null,
    isSwitching: false,
  };
  const [subscribe, notify] = createListeners();
  let isFrameRequested = false;
  let mountSignal = AbortSignal.abort();

  function update(changes: Partial<ConversationView>): void {
    view = { ...view, ...changes };
    if (isFrameRequested) return;
    isFrameRequested = true;
    requestAnimationFrame(() => {
      isFrameRequested = false;
      notify();
    });
  }

  function save(): void {
    const { id, outbox, settings } = view.conversation;
    saveOutbox({ key, conversationId: id, messages: outbox, isLeft: mountSignal.aborted });
    if (id === null && !mountSignal.aborted) {
      const isChosen = outbox.length === 0 && settings !== defaultSettings;
      tabStorage.newSettings.write(isChosen ? settings : null);
    }
  }

  /** Gives the address and the draft the conversation's new id. Notifies at once, because the person may be typing. */
  function changeId(from: string | null, to: string | null): void {
    drafts.move(from, to);
    replaceRoute(to);
    notify();
  }

  return {
    read: () => view,
    subscribe,
    /** Changes the view now and notifies with the next frame: tokens may come faster than a screen can show them. */
    update,
    dispatch(action: ConversationAction): void {
      const before = view.conversation;
      const conversation = reduceConversation(before, action);
      update({ conversation });
      const { outbox, settings } = conversation;
      if (outbox !== before.outbox || settings !== before.settings) save();
      if (conversation.id !== before.id && !mountSignal.aborted) {
        changeId(before.id, conversation.id);
      }
    },
    /** Empties a conversation that was deleted or belongs to a previous session. Its outbox stays. */
    forget(): void {
      const { id, outbox } = view.conversation;
      update({ conversation: { ...emptyConversation, outbox }, transcript: "ready" });
      changeId(id, null);
    },
    /** Aborted when the conversation leaves the page. Work for an older mount compares its own signal and does nothing. */
    mountSignal: () => mountSignal,
    setMountSignal(signal: AbortSignal): void {
      mountSignal = signal;
    },
    /** Saves the outbox in the tab's storage. */
    save,
  };
}

/** A new conversation has the settings that the person chose for it, in its first message if that is on its way. */
function settingsOf({
  conversationId,
  messages: [first],
}: Pick<Outbox, "conversationId" | "messages">) {
  if (conversationId !== null) return defaultSettings;
  return first ? (first.settings ?? defaultSettings) : tabStorage.newSettings.read();
}
