import { type BaseMessage, HumanMessage, RemoveMessage } from "@langchain/core/messages";
import { Annotation } from "@langchain/langgraph";
import { boundHistory } from "./bound-history.ts";

/** What a checkpoint holds: the messages that the model sees, bounded at every write. */
export const ThreadState = Annotation.Root({
  messages: Annotation<BaseMessage[]>({ reducer: appendMessages, default: () => [] }),
});
export type ThreadState = typeof ThreadState.State;

/**
 * A turn's messages are named after its human message: `<turn>`, `<turn>:m1`, `<turn>:t:<call>`,
 * `<turn>:a`. A human message that comes again begins its turn anew, and a `RemoveMessage` with its id
 * ends it: whatever there was of it goes.
 */
export function appendMessages(thread: BaseMessage[], added: BaseMessage[]): BaseMessage[] {
  const written = new Set(added.map(({ id }) => id));
  const emptiedTurns = new Set(
    added
      .filter((message) => HumanMessage.isInstance(message) || isRemoval(message))
      .map(({ id }) => id),
  );
  const kept = thread.filter(
    ({ id = "" }) => !written.has(id) && !emptiedTurns.has(id.split(":")[0]),
  );
  return boundHistory([...kept, ...added.filter((message) => !isRemoval(message))]);
}

const isRemoval = (message: BaseMessage): boolean => RemoveMessage.isInstance(message);
