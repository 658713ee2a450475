import type { TurnState } from "#lib/contract/chat.ts";

export const hasEnded = ({ status }: Pick<TurnState, "status">): boolean =>
  status === "done" || status === "failed" || status === "stopped";
