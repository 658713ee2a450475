import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import { textOf } from "#lib/agent/history/message-content.ts";
import type { ThreadSummary } from "#lib/agent/history/thread-summary.ts";
import type { Conversation } from "#lib/tools/gate/composed-address.ts";

/** Returns what the gate must know of a thread to tell which addresses the model wrote itself. */
export function conversationOf(
  thread: readonly BaseMessage[],
  summary: ThreadSummary | undefined,
): Conversation {
  const calls = thread.flatMap((message) =>
    AIMessage.isInstance(message) ? (message.tool_calls ?? []) : [],
  );
  const inputs = new Map(calls.map(({ id, args }) => [id, args]));
  return {
    messages: thread.filter((message) => HumanMessage.isInstance(message)).map(textOf),
    results: thread
      .filter((message) => ToolMessage.isInstance(message))
      .map((message) => ({
        name: message.name ?? "",
        input: inputs.get(message.tool_call_id),
        output: textOf(message),
        isDone: message.status !== "error",
        isOwnWords: message.additional_kwargs.own_words === true,
      })),
    isSummarised: summary !== undefined,
  };
}
