/** What a tab of this browser notifies the other tabs of, because their streams and responses do not show it. */
export interface TabMessage {
  /** From `turn` on about a conversation: a new turn, another branch or message shown, a new title, a deletion. */
  what: "signed-in" | "signed-out" | "turn" | "branch" | "title" | "gone";
  conversationId?: string;
}

const channel = openChannel();

export function notifyOtherTabs(message: TabMessage): void {
  channel?.postMessage(message);
}

/**
 * Calls `listener` with each message of another tab. A hidden tab gets its messages when it becomes visible: until then its
 * requests would only use up the rate limit of this address. Returns the function that unsubscribes.
 */
export function subscribeToOtherTabs(listener: (message: TabMessage) => void): () => void {
  const pending = new Map<string, TabMessage>();
  const deliver = () => {
    if (document.hidden) return;
    const messages = [...pending.values()];
    pending.clear();
    messages.forEach(listener);
  };
  const onMessage = ({ data }: MessageEvent<TabMessage>) => {
    const key = JSON.stringify(data);
    // Keep one of several equal messages, in the position of the last one.
    pending.delete(key);
    pending.set(key, data);
    deliver();
  };
  channel?.addEventListener("message", onMessage);
  document.addEventListener("visibilitychange", deliver);
  return () => {
    channel?.removeEventListener("message", onMessage);
    document.removeEventListener("visibilitychange", deliver);
  };
}

/** Returns undefined in a browser that isolates the tabs of a page. Each tab then works alone. */
function openChannel(): BroadcastChannel | undefined {
  if (!("BroadcastChannel" in globalThis)) return undefined;
  try {
    return new BroadcastChannel("agentic-chat");
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return undefined;
  }
}
