import { useEffect, useState, useSyncExternalStore } from "react";
import { firstOpenTurn } from "./conversation.ts";
import { takeUpConversation } from "./live-conversation.ts";

/** This tab's conversation, live for as long as the component is on the page. The callbacks of the first render are used. */
export function useConversation(options: {
  conversationId: string | null;
  onSessionEnded: () => void;
  onDelivered: () => void;
}) {
  const [live] = useState(() => takeUpConversation(options));
  const view = useSyncExternalStore(live.subscribe, live.read);
  const open = firstOpenTurn(view.conversation);

  useEffect(() => {
    const leave = live.open();
    window.addEventListener("online", live.reconnect);
    return () => {
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
