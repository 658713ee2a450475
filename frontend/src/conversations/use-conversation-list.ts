import { useEffect, useState, useSyncExternalStore } from "react";
import { createLiveList } from "./live-list.ts";

/** This person's conversations, live for as long as the component is on the page. */
export function useConversationList(onSessionEnded: () => void) {
  const [list] = useState(() => createLiveList({ onSessionEnded }));
  const view = useSyncExternalStore(list.subscribe, list.read);

  useEffect(() => {
    // A page that is left or hidden may never come back: what was asked for happens now.
    window.addEventListener("pagehide", list.finishDelete);
    return () => {
      window.removeEventListener("pagehide", list.finishDelete);
      list.finishDelete();
    };
  }, [list]);

  return { ...view, ...list };
}
