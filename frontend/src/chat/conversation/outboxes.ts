import { randomId } from "#frontend/ui/random-id.ts";
import { type Outbox, tabStorage } from "./tab-storage.ts";

/** The keys of this page's outboxes. A page that a reload has ended stored every other outbox. */
const ownKeys = new Set<string>();

/**
 * Returns the outbox that an earlier page of this tab stored for a conversation, else an empty one. Null is the new
 * conversation, which has no id yet.
 */
export function restoreOutbox(conversationId: string | null): Outbox {
  const belongsHere = (outbox: Outbox) =>
    !ownKeys.has(outbox.key) &&
    outbox.conversationId === conversationId &&
    // Several new conversations may be without an id. The person is in the one that they have not left.
    !(conversationId === null && outbox.isLeft);
  const key = randomId();
  const outbox = tabStorage.outboxes.read().findLast(belongsHere);
  return own(outbox ?? { key, conversationId, messages: [], isLeft: false });
}

/** Returns every stored outbox that no conversation of this page has restored. */
export function restoreOtherOutboxes(): Outbox[] {
  return tabStorage.outboxes
    .read()
    .filter(({ key }) => !ownKeys.has(key))
    .map(own);
}

/** Stores the outbox in the tab, in the place of its older version. */
export function saveOutbox(outbox: Outbox): void {
  const others = tabStorage.outboxes.read().filter(({ key }) => key !== outbox.key);
  tabStorage.outboxes.write(outbox.messages.length === 0 ? others : [...others, outbox]);
}

function own(outbox: Outbox): Outbox {
  ownKeys.add(outbox.key);
  return outbox;
}
