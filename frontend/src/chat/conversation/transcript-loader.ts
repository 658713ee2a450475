import { getConversation } from "#frontend/api/client.ts";
import type { ConversationStore } from "./conversation-store.ts";
import type { HandleError } from "./handle-error.ts";

/** The fewest turns to load at first, if the conversation has so many. */
const fewestTurns = 8;
/** Each page costs one of the requests that an address may make in a minute. */
const maxPagesToFill = 4;

/** Loads the transcript into the store. The signals end a request when the conversation leaves the page. */
export function createTranscriptLoader(store: ConversationStore, handleError: HandleError) {
  /** Loads the newest page. */
  async function load(signal: AbortSignal): Promise<void> {
    const { id } = store.read().conversation;
    if (id === null) return;
    try {
      const conversation = await getConversation(id, { signal });
      store.dispatch({ type: "transcript", conversation });
      store.update({ transcript: "ready" });
      await fillFirstPage(signal);
    } catch (error) {
      if (store.read().transcript === "loading" && !signal.aborted) {
        store.update({ transcript: "failed" });
      }
      handleError(error, signal);
    }
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
