/** What one tab of this browser tells the others, which cannot see it on the wire. */
export interface TabMessage {
  /** The last three are of a conversation: it has a new turn, another title, or is gone. */
  what: "signed-in" | "signed-out" | "turn" | "title" | "gone";
  conversationId?: string;
}

const channel = openChannel();

export function notifyOtherTabs(news: TabMessage): void {
  channel?.postMessage(news);
}

/** A tab out of sight hears it when it is looked at: until then it would only spend this browser's requests. */
export function subscribeToOtherTabs(listener: (news: TabMessage) => void): () => void {
  const waiting = new Map<string, TabMessage>();
  const listen = () => {
    if (document.hidden) return;
    const news = [...waiting.values()];
    waiting.clear();
    news.forEach(listener);
  };
  const hear = ({ data }: MessageEvent<TabMessage>) => {
    const key = JSON.stringify(data);
    // Once, and in the order of the last time.
    waiting.delete(key);
    waiting.set(key, data);
    listen();
  };
  channel?.addEventListener("message", hear);
  document.addEventListener("visibilitychange", listen);
  return () => {
    channel?.removeEventListener("message", hear);
    document.removeEventListener("visibilitychange", listen);
  };
}

/** Undefined in a browser that keeps the tabs of a page apart: each works by itself then. */
function openChannel(): BroadcastChannel | undefined {
  if (!("BroadcastChannel" in globalThis)) return undefined;
  try {
    return new BroadcastChannel("agentic-chat");
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return undefined;
  }
}
