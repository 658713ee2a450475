import { notifyOtherTabs } from "../api/other-tabs.ts";

/** `title` is null if the page has missed the title. */
type Listener = (conversationId: string, title: string | null) => void;

/** The model needs a second or two for a title. After this time another runner may have written it, which no stream of the page tells. */
const patienceMs = 10_000;

const listeners = new Set<Listener>();

function publishTitle(conversationId: string, title: string | null): void {
  for (const listener of listeners) listener(conversationId, title);
  notifyOtherTabs({ what: "title", conversationId });
}

/** Waits for the title that the model writes after the first answer of a conversation. */
export function expectTitle() {
  let hasCome = false;
  return {
    /** The stream has brought the title. */
    publish(conversationId: string, title: string): void {
      hasCome = true;
      publishTitle(conversationId, title);
    },
    /** The first answer has ended. Its stream brings the title only if the stream's own runner has ended the answer. */
    answerEnded(conversationId: string): void {
      setTimeout(() => {
        if (!hasCome) publishTitle(conversationId, null);
      }, patienceMs);
    },
  };
}

/** Returns the function that unsubscribes. */
export function subscribeToTitles(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
