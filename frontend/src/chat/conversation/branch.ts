import { isOpen } from "./conversation-selectors.ts";
import type { Conversation, OutgoingMessage, ShownTurn } from "./conversation-state.ts";

// A conversation is a tree: each turn names its parent. The page shows one branch, from a first turn to a turn without a later one.

/** Returns the id of the last turn of the shown branch. Null if the branch is empty. */
export function leafOf({ turns }: Pick<Conversation, "turns">): string | null {
  return turns.at(-1)?.id ?? null;
}

/**
 * Returns the turns of a branch that stay when another turn with this parent follows. Returns undefined if the parent is not on
 * the branch.
 */
export function turnsBefore(turns: ShownTurn[], parent: string | null): ShownTurn[] | undefined {
  // The parent itself may be on an earlier page.
  const next = turns.findIndex((turn) => turn.parent === parent);
  if (next >= 0) return turns.slice(0, next);
  return leafOf({ turns }) === parent ? turns : undefined;
}

/** Returns the branch as the outgoing messages will continue it: the turns that stay, and the messages after them. */
export function withOutgoing({ turns, outbox }: Conversation): {
  turns: ShownTurn[];
  outgoing: OutgoingMessage[];
} {
  let shown = { turns, outgoing: [] as OutgoingMessage[] };
  for (const message of outbox) {
    const before =
      message.after === undefined ? undefined : turnsBefore(shown.turns, message.after);
    const isVersion = before !== undefined && before.length < shown.turns.length;
    shown = isVersion
      ? { turns: before, outgoing: [message] }
      : { ...shown, outgoing: [...shown.outgoing, message] };
  }
  return shown;
}

/**
 * Returns the message with the turn that it follows: the last turn of the shown branch. Messages behind an outgoing message
 * get their turn when the service has accepted that one. While no turn is loaded, the service decides.
 */
export function fixParent(message: OutgoingMessage, state: Conversation): OutgoingMessage {
  const isNext = message.after === undefined && state.outbox.length === 0;
  return isNext && state.turns.length > 0 ? { ...message, after: leafOf(state) } : message;
}

/**
 * Returns a message as the person means it now. A refused message names the branch that was shown at that time. On another
 * branch it is another message.
 */
export function onShownBranch(
  message: OutgoingMessage,
  { turns }: Conversation,
  newKey: () => string,
): OutgoingMessage {
  const { after, ...plain } = message;
  if (after === undefined || turnsBefore(turns, after) !== undefined) return message;
  return { ...plain, key: newKey() };
}

/**
 * Returns the conversation with `update` applied to the turn with this id, on whichever branch it is. The other turns keep
 * their identity, so that React does not render them again.
 */
export function updateTurn(
  state: Conversation,
  id: string,
  update: (turn: ShownTurn) => ShownTurn,
): Conversation {
  const updateIn = (turns: ShownTurn[]) =>
    turns.map((turn) => (turn.id === id ? update(turn) : turn));
  return {
    ...state,
    turns: updateIn(state.turns),
    elsewhere: updateIn(state.elsewhere).filter(isOpen),
  };
}

export function findTurn(
  { turns, elsewhere }: Pick<Conversation, "turns" | "elsewhere">,
  id: string,
): ShownTurn | undefined {
  return [...turns, ...elsewhere].find((turn) => turn.id === id);
}
