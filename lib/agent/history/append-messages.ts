import { type BaseMessage, HumanMessage } from "@langchain/core/messages";
import { boundHistory } from "./bound-history.ts";
import { turnIdOf, withoutReasoning } from "./message-content.ts";

/**
 * The stored thread may hold this many times the tokens that a model call is sent. The surplus waits for its summary,
 * because a summary may fail for a few turns.
 */
const storedShare = 2;

export interface ThreadBounds {
  /** The size of the thread in a model call, at most. */
  maxTokens: number;
  /** The newest turn that a summary covers. The thread keeps only newer turns. */
  summarisedUntil?: string | undefined;
}

/**
 * Returns the thread with the added messages, without the turns that the summary covers. A message with a stored id replaces the
 * stored message. A human message whose turn is stored restarts the turn: all messages of the turn are dropped.
 *
 * The oldest turns are dropped when a turn starts, and never while it runs, so that its end can have all of them
 * summarised.
 */
export function appendMessages(
  thread: BaseMessage[],
  added: BaseMessage[],
  { maxTokens, summarisedUntil }: ThreadBounds,
): BaseMessage[] {
  const addedIds = new Set(added.map(({ id }) => id));
  const restartedTurns = new Set(added.filter(isHuman).map(({ id }) => id));
  const isDropped = (message: BaseMessage) =>
    addedIds.has(message.id) || (restartedTurns.size > 0 && restartedTurns.has(turnIdOf(message)));
  const kept = thread.filter((message) => !isDropped(message));
  const messages = newerThan([...kept, ...added], summarisedUntil);
  if (restartedTurns.size === 0) return messages;
  const start = messages.findLastIndex(isHuman);
  const earlier = boundHistory(messages.slice(0, start), maxTokens * storedShare);
  return [...earlier.map(withoutReasoning), ...messages.slice(start)];
}

/** Returns the messages after a turn, or all messages if the thread does not hold that turn. */
function newerThan(thread: BaseMessage[], turnId: string | undefined): BaseMessage[] {
  if (turnId === undefined) return thread;
  return thread.slice(thread.findLastIndex((message) => turnIdOf(message) === turnId) + 1);
}

const isHuman = (message: BaseMessage): boolean => HumanMessage.isInstance(message);
