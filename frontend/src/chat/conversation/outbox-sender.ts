import { ApiProblem } from "#frontend/api/api-problem.ts";
import { sendMessage } from "#frontend/api/client.ts";
import { notifyOtherTabs } from "#frontend/api/other-tabs.ts";
import type { ChatAccepted } from "#lib/contract/chat.ts";
import { drafts } from "../composer/drafts.ts";
import type { OutgoingMessage } from "./conversation-state.ts";
import type { ConversationStore } from "./conversation-store.ts";

interface OutboxSenderParts {
  store: ConversationStore;
  onAccepted(accepted: ChatAccepted): Promise<void>;
  /** The service refused a message. All messages of the outbox are drafts again. */
  onRefused(problem: ApiProblem): void;
  /** Nothing is left to send, for now. */
  onIdle(): void;
}

/** Cancels the requests of all senders of this page. */
let cancellation = new AbortController();

/** Cancels every send in progress. The messages stay in the tab's storage. */
export function cancelSends(): void {
  cancellation.abort();
  cancellation = new AbortController();
}

// A browser ends the requests of a page that it leaves. These sends have not failed: the next page finds the messages in the
// tab's storage.
window.addEventListener("pagehide", cancelSends);

/** Returns a function that sends the outbox in order. Leaving the conversation does not cancel a send in progress. */
export function createOutboxSender({ store, onAccepted, onRefused, onIdle }: OutboxSenderParts) {
  let isSending = false;

  /** One message at a time: the response to the first message of a conversation brings the id that the others need. */
  async function sendOutbox(): Promise<void> {
    if (isSending) return;
    isSending = true;
    const { signal } = cancellation;
    try {
      for (let message = first(); message !== undefined; message = first()) {
        await sendOne(message, signal);
      }
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof ApiProblem)) throw error;
      returnToDraft(error);
      onRefused(error);
    } finally {
      isSending = false;
      onIdle();
    }
  }

  const first = () => store.read().conversation.outbox[0];

  async function sendOne(message: OutgoingMessage, signal: AbortSignal): Promise<void> {
    const { id } = store.read().conversation;
    const { key, text, replaces } = message;
    const accepted = await sendMessage(
      { text, conversationId: id, idempotencyKey: key, replaces },
      signal,
    );
    store.dispatch({ type: "accepted", message, accepted, at: new Date().toISOString() });
    notifyOtherTabs({ what: "turn", conversationId: accepted.conversation_id });
    await onAccepted(accepted);
  }

  /** A message goes back without its `replaces` if the turn that it replaces is gone or is no longer the newest. */
  function returnToDraft({ type }: ApiProblem): void {
    const { id, outbox } = store.read().conversation;
    store.dispatch({ type: "returned" });
    const isGone = type === "not_found";
    const isPlain = isGone || type === "not_replaceable";
    drafts.restore(
      isGone ? null : id,
      isPlain ? outbox.map(({ key, text }) => ({ key, text })) : outbox,
    );
  }
  return sendOutbox;
}
