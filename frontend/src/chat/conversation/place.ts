import * as v from "valibot";
import { Identifier } from "#lib/contract/identifier.ts";
import { tabStorage } from "./tab-storage.ts";

/** The conversation that this tab is in: the one of its address, on a plain `/` the one it was in before. */
export function readPlace(): string | null {
  return placeOf(location.pathname) ?? tabStorage.conversationId.read();
}

/** The conversation that an address leads to; null for any other address. */
export function placeOf(path: string): string | null {
  const parsed = v.safeParse(Identifier, path.match(/^\/c\/([^/]+)$/)?.[1]);
  return parsed.success ? parsed.output : null;
}

export function addressOf(conversationId: string | null): string {
  return conversationId === null ? "/" : `/c/${conversationId}`;
}

/** The same place has got a name, or has lost it: Back does not lead to the old one. */
export function renamePlace(conversationId: string | null): void {
  tabStorage.conversationId.write(conversationId);
  if (location.pathname !== addressOf(conversationId)) {
    history.replaceState(null, "", addressOf(conversationId));
  }
}

/** Another place: Back leads to the one before. */
export function goToPlace(conversationId: string | null): void {
  tabStorage.conversationId.write(conversationId);
  if (location.pathname !== addressOf(conversationId)) {
    history.pushState(null, "", addressOf(conversationId));
  }
}
