import type { TurnState } from "#lib/contract/chat.ts";

/** Returns the address where a GET streams a turn. */
export const streamUrlOf = ({
  conversation_id,
  turn_id,
}: Pick<TurnState, "conversation_id" | "turn_id">): string =>
  `/api/v1/chat?conversation_id=${conversation_id}&turn_id=${turn_id}`;
