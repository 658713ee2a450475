import { useEffect, useState, useSyncExternalStore } from "react";
import { subscribeToOtherTabs } from "../api/other-tabs.ts";
import { createConversationListStore } from "./conversation-list-store.ts";
import { subscribeToTitles } from "./titles.ts";

/** Returns the owner's conversations and what the page can do with them, for as long as the component is mounted. */
export function useConversationList(onSessionEnded: () => void) {
  const [list] = useState(() => createConversationListStore({ onSessionEnded }));
  const view = useSyncExternalStore(list.subscribe, list.read);

  useEffect(() => {
    const finish = () => void list.finishDelete();
    const unsubscribe = subscribeToOtherTabs(list.handleTabMessage);
    const unsubscribeFromTitles = subscribeToTitles((id, title) => {
      if (title === null) void list.refetch();
      else list.setTitle(id, title);
    });
    // A hidden page may never come back, so that a pending deletion must be sent now.
    window.addEventListener("pagehide", finish);
    window.addEventListener("online", list.reconnect);
    return () => {
      unsubscribe();
      unsubscribeFromTitles();
      window.removeEventListener("pagehide", finish);
      window.removeEventListener("online", list.reconnect);
      finish();
    };
  }, [list]);

  return { ...view, ...list };
}
