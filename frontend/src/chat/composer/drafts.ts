import type { OutgoingMessage } from "../conversation/conversation-state.ts";
import { type Draft, emptyDraft, tabStorage } from "../conversation/tab-storage.ts";

/** What has been typed and not sent, for each conversation of this tab; null is the one that is yet to begin. */
export const drafts = createDrafts();

type Place = string | null;

function createDrafts() {
  // Storage may be full: what is too long to be kept there is kept here all the same.
  let known = tabStorage.drafts.read();
  const listeners = new Set<() => void>();

  function change(place: Place, draft: Draft): void {
    const { [keyOf(place)]: _, ...others } = known;
    const isEmpty = draft.text === "" && draft.replaces === undefined;
    known = isEmpty ? others : { ...others, [keyOf(place)]: draft };
    tabStorage.drafts.write(known);
  }

  function tell(): void {
    for (const listener of listeners) listener();
  }

  const read = (place: Place): Draft => known[keyOf(place)] ?? emptyDraft;

  return {
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read,
    write(place: Place, draft: Draft): void {
      change(place, draft);
      tell();
    },
    /** Puts messages that were not accepted back, before whatever has been typed since. */
    restore(place: Place, messages: OutgoingMessage[]): void {
      const [only, ...others] = messages;
      const typed = read(place).text;
      if (only === undefined) return;
      if (others.length === 0 && typed === "") change(place, only);
      else if (others.length === 0 && only.replaces !== undefined) {
        change(place, { ...only, aside: typed });
      } else change(place, { text: join([...messages.map(({ text }) => text), typed]), key: null });
      tell();
    },
    /** The place has got another name. Nobody is told, as it is the place that changes and not the text. */
    move(from: Place, to: Place): void {
      const moved = read(from);
      if (from === to || moved === emptyDraft) return;
      const there = read(to);
      change(from, emptyDraft);
      change(
        to,
        there === emptyDraft ? moved : { text: join([there.text, moved.text]), key: null },
      );
    },
    clear(): void {
      known = {};
      tabStorage.drafts.write(null);
      tell();
    },
  };
}

const keyOf = (place: Place): string => place ?? "new";

const join = (texts: string[]): string => texts.filter((text) => text !== "").join("\n\n");
