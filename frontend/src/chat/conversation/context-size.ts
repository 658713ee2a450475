import { isOpen } from "./conversation-selectors.ts";
import type { Conversation, ShownTurn } from "./conversation-state.ts";

/** How much of a conversation the next answer's model call gets. */
export interface ContextSize {
  /** Estimated at four bytes a token, as the service does when it decides what to summarise. */
  tokens: number;
  /** True if the page has not loaded every turn that the model gets. */
  isAtLeast: boolean;
}

/** Counts the turns that the model gets word for word. A summary of older turns adds at most about 600 words. */
export function estimateContext({ turns, earlierCursor }: Conversation): ContextSize {
  const newest = turns.findLast(({ historyFrom }) => historyFrom !== null);
  const covered = turns.findIndex(({ id }) => id === newest?.summarisedUntil);
  const first = turns.findIndex(({ id }) => id === newest?.historyFrom);
  const read = turns.slice(Math.max(covered + 1, first, 0)).filter(isInThread);
  return {
    tokens: Math.ceil(read.reduce((sum, turn) => sum + bytesOf(turn), 0) / 4),
    isAtLeast: earlierCursor !== null && first === -1,
  };
}

/** A turn that ended before it reached a model is in no thread. */
const isInThread = (turn: ShownTurn) => isOpen(turn) || turn.historyFrom !== null;

/** A turn keeps its identity until it changes, and only then its size is counted again. */
const sizes = new WeakMap<ShownTurn, number>();

function bytesOf(turn: ShownTurn): number {
  const known = sizes.get(turn) ?? countBytes(turn);
  sizes.set(turn, known);
  return known;
}

const encoder = new TextEncoder();

/** An answer counts once it has ended: counting a growing text anew with each token would take the frame's time. */
function countBytes(turn: ShownTurn): number {
  const answer = isOpen(turn)
    ? []
    : [turn.text, ...turn.tools.flatMap(({ input, output }) => [JSON.stringify(input), output])];
  return [turn.message, ...answer].reduce(
    (sum, text) => sum + encoder.encode(text ?? "").length,
    0,
  );
}
