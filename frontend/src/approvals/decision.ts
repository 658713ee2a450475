import type { ToolCall } from "#lib/contract/chat.ts";
import type { ChatDecision } from "#lib/contract/decision.ts";

export type Decision = ChatDecision["decision"];

/** UTF-16 units that a note to the model may have. */
export const maxNoteLength = 1_000;

/** Returns whether the call waits for a person's decision. */
export function isUndecided({ state, approval }: ToolCall): boolean {
  return state === "waiting" && approval?.state === "open";
}
