import { getConversation } from "#frontend/api/client.ts";
import type { ConversationWithTurns } from "#lib/contract/conversation.ts";
import { leafOf } from "./branch.ts";
import type { ConversationStore } from "./conversation-store.ts";
import type { HandleError } from "./handle-error.ts";

/** The fewest turns to load at first, if the conversation has so many. */
const fewestTurns = 8;
/** Each page costs one of the requests that an address may make in a minute. */
const maxPagesToFill = 4;

/** Loads the transcript into the store. The signals end a request when the conversation leaves the page. */
export function createTranscriptLoader(store: ConversationStore, handleError: HandleError) {
  let requestCount = 0;
  /** The number of the request whose response is shown. */
  let shownRequest = 0;

  /** Loads the newest page of the shown branch. */
  async function load(signal: AbortSignal, onError = handleError): Promise<void> {
    const { id } = store.read().conversation;
    if (id === null) return;
    try {
      await loadNewestPage(id, signal);
      store.update({ transcript: "ready" });
      await fillFirstPage(signal);
    } catch (error) {
      if (store.read().transcript === "loading" && !signal.aborted) {
        store.update({ transcript: "failed" });
      }
      onError(error, signal);
    }
  }

  async function loadNewestPage(id: string, signal: AbortSignal): Promise<void> {
    requestCount += 1;
    const request = requestCount;
    const leaf = leafOf(store.read().conversation);
    const conversation = await getConversation(id, { signal });
    // A later request has a newer branch.
    if (request < shownRequest) return;
    if (isOutrun(conversation, leaf)) return await loadNewestPage(id, signal);
    shownRequest = request;
    store.dispatch({ type: "transcript", conversation });
  }

  /** Returns whether this page has begun another branch since the service read this one. `leaf` ended the shown branch then. */
  function isOutrun({ head }: ConversationWithTurns, leaf: string | null): boolean {
    const { conversation } = store.read();
    return leafOf(conversation) !== leaf && conversation.turns.every((turn) => turn.id !== head);
  }

  /** The service limits a page by bytes, so that a page of large turns holds few of them. */
  async function fillFirstPage(signal: AbortSignal): Promise<void> {
    for (let pages = 0; pages < maxPagesToFill; pages += 1) {
      const { turns, earlierCursor } = store.read().conversation;
      if (earlierCursor === null || turns.length >= fewestTurns) return;
      await loadEarlier(signal);
      // The request failed. The person can repeat it with a button.
      if (store.read().conversation.earlierCursor === earlierCursor) return;
    }
  }

  /** Loads the page before the first turn in the store. */
  async function loadEarlier(signal: AbortSignal): Promise<void> {
    const { id, earlierCursor } = store.read().conversation;
    if (id === null || earlierCursor === null) return;
    try {
      const conversation = await getConversation(id, { before: earlierCursor, signal });
      // After a double press the second response holds the same page again.
      if (store.read().conversation.earlierCursor === earlierCursor) {
        store.dispatch({ type: "earlier", conversation });
      }
    } catch (error) {
      handleError(error, signal);
    }
  }

  return { load, loadEarlier };
}
