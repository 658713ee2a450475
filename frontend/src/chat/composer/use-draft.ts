import { useSyncExternalStore } from "react";
import { randomId } from "#frontend/ui/random-id.ts";
import { withoutBlankLines } from "#lib/contract/blank-text.ts";
import type { OutgoingMessage } from "../conversation/conversation-state.ts";
import { type Draft, emptyDraft } from "../conversation/tab-storage.ts";
import { drafts } from "./drafts.ts";

/** The composer's text of one conversation. It survives a reload, a new login, and opening another conversation. */
export function useDraft(conversationId: string | null) {
  const draft = useSyncExternalStore(drafts.subscribe, () => drafts.read(conversationId));
  const change = (next: Draft) => drafts.write(conversationId, next);
  const nextDraft = () => ({ ...emptyDraft, text: drafts.read(conversationId).aside ?? "" });

  return {
    text: draft.text,
    /** The turn whose message the person edits. */
    replaces: draft.replaces,
    type: (text: string) => change({ ...draft, text, key: null }),
    /** Changes the text that the composer has by then. */
    update(next: (text: string) => string) {
      const current = drafts.read(conversationId);
      change({ ...current, text: next(current.text), key: null });
    },
    /** Puts a turn's message into the composer. The text there returns when the person sends or cancels the edit. */
    edit(text: string, replaces: string) {
      const { text: typed, aside } = drafts.read(conversationId);
      change({ text, key: null, replaces, aside: aside ?? typed });
    },
    cancelEdit: () => change(nextDraft()),
    /** Empties the composer and returns the message; undefined if the text is blank. */
    take(): OutgoingMessage | undefined {
      // Read the store, not the rendered text: a refused message may have come back since the last render.
      const { text, key, replaces, documents } = drafts.read(conversationId);
      const message = withoutBlankLines(text);
      if (message === "") return undefined;
      change(nextDraft());
      return { text: message, key: key ?? randomId(), replaces, documents };
    },
  };
}
