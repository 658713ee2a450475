import { useEffect, useState, useSyncExternalStore } from "react";
import { subscribeToOtherTabs } from "../api/other-tabs.ts";
import { createConversationListStore } from "./conversation-list-store.ts";

/** This person's conversations, live for as long as the component is on the page. */
export function useConversationList(onSessionEnded: () => void) {
  const [list] = useState(() => createConversationListStore({ onSessionEnded }));
  const view = useSyncExternalStore(list.subscribe, list.read);

  useEffect(() => {
    const finish = () => void list.finishDelete();
    const unsubscribe = subscribeToOtherTabs(list.hear);
    // A page that is left or hidden may never come back: what was asked for happens now.
    window.addEventListener("pagehide", finish);
    window.addEventListener("online", list.reconnect);
    return () => {
      unsubscribe();
      window.removeEventListener("pagehide", finish);
      window.removeEventListener("online", list.reconnect);
      finish();
    };
  }, [list]);

  return { ...view, ...list };
}
