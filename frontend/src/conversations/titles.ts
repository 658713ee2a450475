import { notifyOtherTabs } from "../api/other-tabs.ts";

type Listener = (conversationId: string, title: string) => void;

const listeners = new Set<Listener>();

/** The stream of a conversation on the page brought the title that the model wrote. */
export function publishTitle(conversationId: string, title: string): void {
  for (const listener of listeners) listener(conversationId, title);
  notifyOtherTabs({ what: "title", conversationId });
}

/** Returns the function that unsubscribes. */
export function subscribeToTitles(listener: Listener): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
