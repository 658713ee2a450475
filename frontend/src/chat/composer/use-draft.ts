import { useSyncExternalStore } from "react";
import { randomId } from "#frontend/ui/random-id.ts";
import { withoutBlankLines } from "#lib/contract/blank-text.ts";
import type { OutgoingMessage } from "../conversation/conversation-state.ts";
import { type Draft, emptyDraft } from "../conversation/tab-storage.ts";
import { drafts } from "./drafts.ts";

/** The composer's text of one conversation, which outlives a reload, a new login, and a look at another conversation. */
export function useDraft(conversationId: string | null) {
  const draft = useSyncExternalStore(drafts.subscribe, () => drafts.read(conversationId));
  const change = (next: Draft) => drafts.write(conversationId, next);
  const nextDraft = () => ({ ...emptyDraft, text: drafts.read(conversationId).aside ?? "" });

  return {
    text: draft.text,
    /** The turn whose message is being edited. */
    replaces: draft.replaces,
    type: (text: string) => change({ ...draft, text, key: null }),
    /** Takes a turn's message up again; what was being typed makes room until that is sent or cancelled. */
    edit(text: string, replaces: string) {
      const { text: typed, aside } = drafts.read(conversationId);
      change({ text, key: null, replaces, aside: aside ?? typed });
    },
    cancelEdit: () => change(nextDraft()),
    /** Empties the composer. Undefined when there is nothing to send. */
    take(): OutgoingMessage | undefined {
      // What is kept, not what was drawn: a message may have come back since.
      const { text, key, replaces } = drafts.read(conversationId);
      const message = withoutBlankLines(text);
      if (message === "") return undefined;
      change(nextDraft());
      return { text: message, key: key ?? randomId(), replaces };
    },
  };
}
