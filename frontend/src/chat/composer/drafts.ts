import { createListeners } from "#frontend/ui/listeners.ts";
import type { OutgoingMessage } from "../conversation/conversation-state.ts";
import { type Draft, emptyDraft, tabStorage } from "../conversation/tab-storage.ts";

/** The unsent texts of this tab, one for each conversation. The id is null for a new conversation. */
export const drafts = createDrafts();

type ConversationId = string | null;

function createDrafts() {
  // Storage may be full. The page then keeps the drafts in memory.
  let known = tabStorage.drafts.read();
  const [subscribe, notify] = createListeners();

  function change(id: ConversationId, draft: Draft): void {
    const { [keyOf(id)]: _, ...others } = known;
    const isEmpty = draft.text === "" && draft.replaces === undefined;
    known = isEmpty ? others : { ...others, [keyOf(id)]: draft };
    tabStorage.drafts.write(known);
  }

  const read = (id: ConversationId): Draft => known[keyOf(id)] ?? emptyDraft;

  return {
    subscribe,
    read,
    write(id: ConversationId, draft: Draft): void {
      change(id, draft);
      notify();
    },
    /** Returns refused messages to the composer, before the text that the person typed since. */
    restore(id: ConversationId, messages: OutgoingMessage[]): void {
      const [only, ...others] = messages;
      const typed = read(id).text;
      if (only === undefined) return;
      if (others.length === 0 && typed === "") change(id, only);
      else if (others.length === 0 && only.replaces !== undefined) {
        change(id, { ...only, aside: typed });
      } else change(id, { text: join([...messages.map(({ text }) => text), typed]), key: null });
      notify();
    },
    /** Moves a draft to the new id of its conversation. Does not notify: `useDraft` changes its id, not its text. */
    move(from: ConversationId, to: ConversationId): void {
      const moved = read(from);
      if (from === to || moved === emptyDraft) return;
      const existing = read(to);
      change(from, emptyDraft);
      change(
        to,
        existing === emptyDraft ? moved : { text: join([existing.text, moved.text]), key: null },
      );
    },
    clear(): void {
      known = {};
      tabStorage.drafts.write(null);
      notify();
    },
  };
}

const keyOf = (id: ConversationId): string => id ?? "new";

const join = (texts: string[]): string => texts.filter((text) => text !== "").join("\n\n");
