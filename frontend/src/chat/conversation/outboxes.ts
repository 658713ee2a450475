import { randomId } from "#frontend/ui/random-id.ts";
import { type Outbox, tabStorage } from "./tab-storage.ts";

/** Those of this page. Any other was kept by a page before it, which a reload has ended. */
const takenUp = new Set<string>();

/** The messages that a page before this one could not deliver from a place; null is a conversation that is yet to begin. */
export function restoreOutbox(conversationId: string | null): Outbox {
  const isOfPlace = (one: Outbox) =>
    !takenUp.has(one.key) &&
    one.conversationId === conversationId &&
    // Many can be yet to begin; the place is that of the one that nobody has left.
    !(conversationId === null && one.isLeft);
  const key = randomId();
  const outbox = tabStorage.outboxes.read().findLast(isOfPlace);
  return takeUp(outbox ?? { key, conversationId, messages: [], isLeft: false });
}

/** Those of all other places. */
export function restoreOtherOutboxes(): Outbox[] {
  return tabStorage.outboxes
    .read()
    .filter(({ key }) => !takenUp.has(key))
    .map(takeUp);
}

/** Keeps it as it is now, in the tab. */
export function saveOutbox(outbox: Outbox): void {
  const others = tabStorage.outboxes.read().filter(({ key }) => key !== outbox.key);
  tabStorage.outboxes.write(outbox.messages.length === 0 ? others : [...others, outbox]);
}

function takeUp(outbox: Outbox): Outbox {
  takenUp.add(outbox.key);
  return outbox;
}
