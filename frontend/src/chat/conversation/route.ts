import * as v from "valibot";
import { Identifier } from "#lib/contract/identifier.ts";
import { tabStorage } from "./tab-storage.ts";

/** The conversation that this tab is in: the one of its address, on a plain `/` the one it was in before. */
export function readRoute(): string | null {
  return parseConversationPath(location.pathname) ?? tabStorage.conversationId.read();
}

/** The conversation that an address leads to; null for any other address. */
export function parseConversationPath(path: string): string | null {
  const parsed = v.safeParse(Identifier, path.match(/^\/c\/([^/]+)$/)?.[1]);
  return parsed.success ? parsed.output : null;
}

export function conversationPath(conversationId: string | null): string {
  return conversationId === null ? "/" : `/c/${conversationId}`;
}

/** The same place has got a name, or has lost it: Back does not lead to the old one. */
export function replaceRoute(conversationId: string | null): void {
  tabStorage.conversationId.write(conversationId);
  if (location.pathname !== conversationPath(conversationId)) {
    history.replaceState(null, "", conversationPath(conversationId));
  }
}

/** Another place: Back leads to the one before. */
export function pushRoute(conversationId: string | null): void {
  tabStorage.conversationId.write(conversationId);
  if (location.pathname !== conversationPath(conversationId)) {
    history.pushState(null, "", conversationPath(conversationId));
  }
}
