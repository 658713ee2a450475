import { useEffect, useState, useSyncExternalStore } from "react";
import { firstOpenTurn } from "./conversation.ts";
import { openConversation } from "./live-conversation.ts";

/** This tab's conversation, live for as long as the component is on the page. The callbacks of the first render are used. */
export function useConversation(
  conversationId: string | null,
  options: { onSessionEnded: () => void; onDelivered: () => void },
) {
  const [live] = useState(() => openConversation(conversationId, options));
  const view = useSyncExternalStore(live.subscribe, live.read);
  const open = firstOpenTurn(view.conversation);

  useEffect(() => {
    const leave = live.open();
    window.addEventListener("online", live.reconnect);
    // Back from the browser's memory, where the page had gone with all it was sending.
    window.addEventListener("pageshow", live.deliver);
    return () => {
      window.removeEventListener("pageshow", live.deliver);
      window.removeEventListener("online", live.reconnect);
      leave();
    };
  }, [live]);

  return {
    ...view,
    /** The turn that a press on Stop would end. */
    stoppable: open ? { turnId: open.id, isStopping: open.id === view.stoppingTurnId } : null,
    send: live.send,
    stop: live.stop,
    loadEarlier: live.loadEarlier,
    exportAs: live.exportAs,
    reload: live.reload,
  };
}
