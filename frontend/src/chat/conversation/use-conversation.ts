import { useEffect, useState, useSyncExternalStore } from "react";
import { isOpen, isParked, needsDecision } from "./conversation-selectors.ts";
import { openConversation } from "./live-conversation.ts";

/**
 * Opens a conversation for as long as the component is mounted. Uses the id and the callbacks of the first render: another
 * conversation needs another component (`key`).
 */
export function useConversation(
  conversationId: string | null,
  options: { onSessionEnded: () => void; onDelivered: () => void },
) {
  const [live] = useState(() => openConversation(conversationId, options));
  const view = useSyncExternalStore(live.subscribe, live.read);
  const open = view.conversation.turns.find(isOpen);

  useEffect(() => {
    const unmount = live.mount();
    window.addEventListener("online", live.reconnect);
    // The browser restored the page from its back/forward cache. Entering the cache has cancelled all sends.
    window.addEventListener("pageshow", live.sendOutbox);
    const onReturn = () => {
      if (!document.hidden) live.refresh();
    };
    // A phone that returns to the page may not focus it, and a window that gets the focus may have been visible.
    window.addEventListener("focus", onReturn);
    document.addEventListener("visibilitychange", onReturn);
    return () => {
      document.removeEventListener("visibilitychange", onReturn);
      window.removeEventListener("focus", onReturn);
      window.removeEventListener("pageshow", live.sendOutbox);
      window.removeEventListener("online", live.reconnect);
      unmount();
    };
  }, [live]);

  return {
    ...view,
    /** The turn that the Stop button ends; null if no turn of the shown branch is open. */
    stoppable: open
      ? {
          turnId: open.id,
          isStopping: open.id === view.stoppingTurnId,
          isParked: isParked(open),
          needsDecision: needsDecision(open),
        }
      : null,
    send: live.send,
    stop: live.stop,
    decide: live.decide,
    changeSettings: live.changeSettings,
    showBranch: live.showBranch,
    rewrite: live.rewrite,
    loadEarlier: live.loadEarlier,
    exportAs: live.exportAs,
    reload: live.reload,
  };
}
