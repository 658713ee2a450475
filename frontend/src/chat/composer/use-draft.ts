import { useSyncExternalStore } from "react";
import { randomId } from "#frontend/ui/random-id.ts";
import { withoutBlankLines } from "#lib/contract/blank-text.ts";
import type { OutgoingMessage } from "../conversation/conversation-state.ts";
import { emptyDraft } from "../conversation/tab-storage.ts";
import { drafts } from "./drafts.ts";

/** The composer's text of one conversation. It survives a reload, a new login, and opening another conversation. */
export function useDraft(conversationId: string | null) {
  const draft = useSyncExternalStore(drafts.subscribe, () => drafts.read(conversationId));
  /** Another text is another message. */
  const change = (text: string) =>
    drafts.write(conversationId, {
      ...drafts.read(conversationId),
      ...{ text, key: null, after: undefined },
    });

  return {
    text: draft.text,
    /** The messages that the person edits, by the ids of their turns. */
    edits: draft.edits,
    type: change,
    /** Changes the text that the composer has by then. */
    update: (next: (text: string) => string) => change(next(drafts.read(conversationId).text)),
    /** Empties the composer and returns the message; undefined if the text is blank. */
    take(): OutgoingMessage | undefined {
      // Read the store, not the rendered text: a refused message may have come back since the last render.
      const { edits, text, key, ...refused } = drafts.read(conversationId);
      const message = withoutBlankLines(text);
      if (message === "") return undefined;
      drafts.write(conversationId, { ...emptyDraft, edits });
      return { ...refused, text: message, key: key ?? randomId() };
    },
  };
}
