import { useState } from "react";
import type { OutgoingMessage } from "./conversation.ts";
import { type Draft, emptyDraft, tabStorage } from "./tab-storage.ts";

/** The composer's text, which outlives a reload and a new login. */
export function useDraft() {
  const [draft, setDraft] = useState<Draft>(tabStorage.draft.read);

  const change = (next: Draft) => {
    tabStorage.draft.write(next);
    setDraft(next);
  };

  return {
    text: draft.text,
    /** The turn whose message is being edited. */
    replaces: draft.replaces,
    type: (text: string) => change({ text, key: null, replaces: draft.replaces }),
    /** Takes a turn's message up again; what was being typed makes room. */
    edit: (text: string, replaces: string) => change({ text, key: null, replaces }),
    cancelEdit: () => change(emptyDraft),
    /** Empties the composer. Undefined when there is nothing to send. */
    take(): OutgoingMessage | undefined {
      // What is stored, not what was drawn: a message may have come back since.
      const { text, key, replaces } = tabStorage.draft.read();
      if (text.trim() === "") return undefined;
      change(emptyDraft);
      return { text: text.trim(), key: key ?? crypto.randomUUID(), replaces };
    },
    /** Puts messages that were not accepted back, before whatever has been typed since. */
    putBack(messages: OutgoingMessage[]) {
      const typed = tabStorage.draft.read().text;
      const texts = messages.map((message) => message.text);
      const only = messages.length === 1 && typed === "" ? messages[0] : undefined;
      change({
        text: [...texts, ...(typed === "" ? [] : [typed])].join("\n\n"),
        key: only?.key ?? null,
        replaces: only?.replaces,
      });
    },
  };
}
