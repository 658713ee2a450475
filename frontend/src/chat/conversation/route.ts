import { useEffect, useState } from "react";
import * as v from "valibot";
import { Identifier } from "#lib/contract/identifier.ts";
import { tabStorage } from "./tab-storage.ts";

interface Route {
  /** Goes up with each navigation, so that the page opens the conversation afresh. 0 on the first page. */
  navigationCount: number;
  /** The id at the time of the navigation. A new conversation gets its id later. */
  conversationId: string | null;
}

/** Returns the tab's route and `navigate`, in step with the browser's Back and Forward. */
export function useRoute() {
  const [route, setRoute] = useState<Route>(() => ({
    navigationCount: 0,
    conversationId: readRoute(),
  }));

  useEffect(() => {
    replaceRoute(readRoute());
    const onPopState = () => {
      const conversationId = parseConversationPath(location.pathname);
      // Only the fragment has changed: a document was opened or closed.
      if (conversationId === tabStorage.conversationId.read()) return;
      tabStorage.conversationId.write(conversationId);
      setRoute((before) => nextRoute(before, conversationId));
    };
    window.addEventListener("popstate", onPopState);
    return () => window.removeEventListener("popstate", onPopState);
  }, []);

  const navigate = (conversationId: string | null) => {
    pushRoute(conversationId);
    setRoute((before) => nextRoute(before, conversationId));
  };
  return { ...route, navigate };
}

/** Returns the conversation id in a path like `/c/<id>`; null for any other path. */
export function parseConversationPath(path: string): string | null {
  const parsed = v.safeParse(Identifier, path.match(/^\/c\/([^/]+)$/)?.[1]);
  return parsed.success ? parsed.output : null;
}

export function conversationPath(conversationId: string | null): string {
  return conversationId === null ? "/" : `/c/${conversationId}`;
}

/** Changes the address without a history entry: the open conversation got its id, or lost it. */
export function replaceRoute(conversationId: string | null): void {
  tabStorage.conversationId.write(conversationId);
  if (location.pathname !== conversationPath(conversationId)) {
    const address = conversationPath(conversationId) + location.hash;
    history.replaceState(history.state, "", address);
  }
}

/** Adds a history entry, so that Back leads to the conversation before. */
function pushRoute(conversationId: string | null): void {
  tabStorage.conversationId.write(conversationId);
  if (location.pathname !== conversationPath(conversationId)) {
    history.pushState(null, "", conversationPath(conversationId));
  }
}

/**
 * Returns the conversation of the address. Any other address is a new conversation. It may have got its id while the page was
 * reloading: the browser then shows the address from before.
 */
const readRoute = (): string | null =>
  parseConversationPath(location.pathname) ??
  (isReloaded() ? tabStorage.conversationId.read() : null);

function isReloaded(): boolean {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation instanceof PerformanceNavigationTiming && navigation.type === "reload";
}

function nextRoute({ navigationCount }: Route, conversationId: string | null): Route {
  return { navigationCount: navigationCount + 1, conversationId };
}
