import { useEffect, useState } from "react";
import { parseConversationPath, pushRoute, readRoute, replaceRoute } from "./route.ts";
import { tabStorage } from "./tab-storage.ts";

interface Place {
  /** Changes with every move, so that each stay in a place begins afresh. */
  visit: number;
  /** What was asked for; a new conversation gets its id later. */
  conversationId: string | null;
}

/** Where the tab is and how to go elsewhere, in step with the browser's Back and Forward. */
export function useRoute() {
  const [place, setPlace] = useState<Place>(() => ({ visit: 0, conversationId: readRoute() }));

  useEffect(() => {
    replaceRoute(readRoute());
    const follow = () => {
      const conversationId = parseConversationPath(location.pathname);
      tabStorage.conversationId.write(conversationId);
      setPlace(({ visit }) => ({ visit: visit + 1, conversationId }));
    };
    window.addEventListener("popstate", follow);
    return () => window.removeEventListener("popstate", follow);
  }, []);

  const go = (conversationId: string | null) => {
    pushRoute(conversationId);
    setPlace(({ visit }) => ({ visit: visit + 1, conversationId }));
  };
  return { ...place, go };
}
