import { useEffect, useRef } from "react";
import type { CurrentConversation } from "../conversations/conversation-list-store.ts";
import { hasBegun, isOpen } from "./conversation/conversation-selectors.ts";
import type { ConversationView } from "./conversation/conversation-store.ts";

/** Calls `onChange` once the transcript is loaded, then for each new id or turn, and when the first answer begins. */
export function useReportChange(
  { transcript, conversation }: ConversationView,
  onChange: (conversation: CurrentConversation) => void,
): void {
  const { id, turns } = conversation;
  const newest = turns.at(-1);
  const isBegun = turns.some(hasBegun);
  const reported = useRef("");

  // biome-ignore lint/correctness/useExhaustiveDependencies: a growing answer changes nothing for the list
  useEffect(() => {
    if (transcript === "loading") return;
    const state = `${id} ${isBegun}`;
    // A branch that was there before is no news for the list.
    if (reported.current === state && newest && !isOpen(newest)) return;
    reported.current = state;
    onChange({ id, turnIds: turns.map((turn) => turn.id), hasBegun: isBegun });
  }, [transcript, id, newest?.id, isBegun, onChange]);
}
