import { type BaseMessage, HumanMessage, RemoveMessage } from "@langchain/core/messages";
import { Annotation } from "@langchain/langgraph";
import { boundHistory } from "#lib/agent/history/bound-history.ts";
import { withoutReasoning } from "#lib/agent/history/message-content.ts";

/** A thread waits with what the model is no longer sent until that is summarised, which may fail for some turns. */
const storedShare = 2;

export interface ThreadBounds {
  /** What the model is sent at most. */
  maxTokens: number;
  /** The newest turn that a summary stands for: the thread holds only newer ones. */
  summarisedUntil?: string | undefined;
}

/** What a checkpoint holds: the messages that the model sees, and those that wait for their summary. */
export const createThreadState = (bounds: ThreadBounds) =>
  Annotation.Root({
    messages: Annotation<BaseMessage[]>({
      reducer: (thread, added) => appendMessages(thread, added, bounds),
      default: () => [],
    }),
  });

/**
 * A turn's messages are named after its human message: `<turn>`, `<turn>:m1`, `<turn>:t:<call>`,
 * `<turn>:a`. A human message that comes again begins its turn anew, and a `RemoveMessage` with its id
 * ends it: whatever there was of it goes.
 *
 * The oldest turns are cut when a turn begins, never while it runs, so that its end can have all of them summarised.
 */
export function appendMessages(
  thread: BaseMessage[],
  added: BaseMessage[],
  { maxTokens, summarisedUntil }: ThreadBounds,
): BaseMessage[] {
  const written = new Set(added.map(({ id }) => id));
  const emptiedTurns = new Set(
    added
      .filter((message) => HumanMessage.isInstance(message) || isRemoval(message))
      .map(({ id }) => id),
  );
  const kept = thread.filter(
    (message) => !written.has(message.id) && !emptiedTurns.has(turnIdOf(message)),
  );
  const rest = added.filter((message) => !isRemoval(message));
  if (!added.some((message) => HumanMessage.isInstance(message))) return [...kept, ...rest];
  const earlier = boundHistory(newerThan(kept, summarisedUntil), maxTokens * storedShare);
  return [...earlier.map(withoutReasoning), ...rest];
}

export const turnIdOf = ({ id = "" }: BaseMessage): string | undefined => id.split(":")[0];

/** All of it if the thread does not hold that turn any more. */
function newerThan(thread: BaseMessage[], turnId: string | undefined): BaseMessage[] {
  return thread.slice(thread.findLastIndex((message) => turnIdOf(message) === turnId) + 1);
}

const isRemoval = (message: BaseMessage): boolean => RemoveMessage.isInstance(message);
