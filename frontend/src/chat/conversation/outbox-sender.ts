import { ApiProblem } from "#frontend/api/api-problem.ts";
import {
  type AcceptedTurn,
  type NewMessage,
  sendAndStream,
  sendMessage,
} from "#frontend/api/client.ts";
import type { EventConnection } from "#frontend/api/event-connection.ts";
import { notifyOtherTabs } from "#frontend/api/other-tabs.ts";
import { drafts } from "../composer/drafts.ts";
import { firstOpenTurn } from "./conversation-selectors.ts";
import { type OutgoingMessage, type TurnError, toTurnError } from "./conversation-state.ts";
import type { ConversationStore } from "./conversation-store.ts";

interface OutboxSenderParts {
  store: ConversationStore;
  /** The service has stored a message. `stream` brings its answer; without a stream the turn waits for one. */
  onAccepted(accepted: AcceptedTurn, stream?: EventConnection): Promise<void>;
  /** The service refused a message, and has not stored it. All messages of the outbox are drafts again. */
  onRefused(problem: ApiProblem): void;
  /** Nothing is left to send, for now. */
  onIdle(): void;
}

interface Accepted {
  accepted: AcceptedTurn;
  stream?: EventConnection | undefined;
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
      const isStored = await showRefusedTurn(error);
      returnToDraft(error);
      if (!isStored) onRefused(error);
    } finally {
      isSending = false;
      onIdle();
    }
  }

  /** A message behind an open turn waits in the service's queue: the stream of that turn, or the next one, brings its answer. */
  const wantsStream = () =>
    !store.mountSignal().aborted && firstOpenTurn(store.read().conversation) === undefined;

  const first = () => store.read().conversation.outbox[0];

  async function sendOne(message: OutgoingMessage, signal: AbortSignal): Promise<void> {
    const { id } = store.read().conversation;
    const { key, text, after } = message;
    const settings = id === null ? message.settings : undefined;
    const request = { text, conversationId: id, idempotencyKey: key, after, settings };
    const { accepted, stream } = await deliver(request, wantsStream(), signal);
    await showAccepted(message, { accepted, stream });
  }

  async function showAccepted(
    message: OutgoingMessage,
    { accepted, error, stream }: Accepted & { error?: TurnError },
  ): Promise<void> {
    const at = new Date().toISOString();
    store.dispatch({ type: "accepted", message, accepted, at, error });
    notifyOtherTabs({ what: "turn", conversationId: accepted.conversation_id });
    void attachDocuments(message, accepted.conversation_id);
    await onAccepted(accepted, stream);
  }

  /**
   * Shows the first message as a failed turn if the service has stored the message and the budget for its answer is used up.
   * Messages behind it would meet the same fate: they become a draft.
   */
  async function showRefusedTurn(problem: ApiProblem): Promise<boolean> {
    const { type, detail, resetsAt, refusedTurn } = problem;
    const message = first();
    if (refusedTurn === undefined || message === undefined) return false;
    const accepted = { ...refusedTurn, status: "failed", replayed: false } as const;
    const error = toTurnError({ type, detail, resets_at: resetsAt });
    await showAccepted(message, { accepted, error });
    return true;
  }

  /** A message of a conversation that is gone starts a new one. */
  function returnToDraft({ type }: ApiProblem): void {
    const { id, outbox } = store.read().conversation;
    store.dispatch({ type: "returned" });
    if (type !== "not_found") drafts.restore(id, outbox);
    else
      drafts.restore(
        null,
        outbox.map(({ key, text }) => ({ key, text })),
      );
  }
  return sendOutbox;
}

/**
 * Sends a message, with a stream for its answer if the page wants one. Without a response to the request for the stream the
 * service may have stored the message all the same. The second request has the same key, so that it never doubles the message.
 * Its response is short, which also gets it through a proxy that holds a stream back until its end.
 */
async function deliver(
  message: NewMessage,
  wantsStream: boolean,
  signal: AbortSignal,
): Promise<Accepted> {
  if (wantsStream) {
    try {
      return await sendAndStream(message, signal);
    } catch (error) {
      if (!isUncertain(error)) throw error;
    }
  }
  return { accepted: await sendMessage(message, signal) };
}

/** Attaches the documents that a message has brought into its conversation. */
async function attachDocuments({ documents = [] }: OutgoingMessage, id: string): Promise<void> {
  if (documents.length === 0) return;
  const { bindDocuments } = await import("#frontend/documents/bind-documents.ts");
  await bindDocuments(documents, id);
}

/** Returns whether a request ended without a word of the service: no response, or a proxy's. */
function isUncertain(error: unknown): boolean {
  if (!(error instanceof ApiProblem)) return false;
  return error.type === "unreachable" || (error.type === "unreadable" && error.status >= 500);
}
