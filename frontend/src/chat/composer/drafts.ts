import { createListeners } from "#frontend/ui/listeners.ts";
import type { OutgoingMessage } from "../conversation/conversation-state.ts";
import { type Draft, type Edit, emptyDraft, tabStorage } from "../conversation/tab-storage.ts";

/** The unsent texts of this tab, one for each conversation. The id is null for a new conversation. */
export const drafts = createDrafts();

type ConversationId = string | null;

function createDrafts() {
  // Storage may be full. The page then keeps the drafts in memory.
  let known = tabStorage.drafts.read();
  const [subscribe, notify] = createListeners();

  function change(id: ConversationId, draft: Draft): void {
    const { [keyOf(id)]: _, ...others } = known;
    const isEmpty = draft.text === "" && Object.keys(draft.edits).length === 0;
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
    /** Sets the edited text of a turn's message. Null ends the edit. */
    writeEdit(id: ConversationId, turnId: string, edit: Edit | null): void {
      const draft = read(id);
      const { [turnId]: _, ...others } = draft.edits;
      change(id, { ...draft, edits: edit === null ? others : { ...others, [turnId]: edit } });
      notify();
    },
    /** Returns refused messages to the editors of their turns, and to the composer before the text that was typed since. */
    restore(id: ConversationId, messages: OutgoingMessage[]): void {
      const draft = read(id);
      const edits = { ...draft.edits };
      const plain: Omit<Draft, "edits">[] = [];
      for (const { edits: turnId, ...message } of messages) {
        if (turnId === undefined) plain.push(message);
        else edits[turnId] = { text: message.text, key: message.key };
      }
      const typed = draft.text === "" ? plain : [...plain, draft];
      const [only = emptyDraft] = typed;
      const whole =
        typed.length > 1 ? { text: join(typed.map(({ text }) => text)), key: null } : only;
      change(id, { ...whole, edits });
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
        existing === emptyDraft
          ? moved
          : { ...existing, text: join([existing.text, moved.text]), key: null },
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
