import {
  AIMessage,
  type BaseMessage,
  HumanMessage,
  type ToolCall,
  ToolMessage,
} from "@langchain/core/messages";
import { PostgresSaver } from "@langchain/langgraph-checkpoint-postgres";
import type pg from "pg";
import { validateRequest } from "#local/bedrock/validate-request.ts";

/** The messages of a conversation's newest checkpoint, read by LangGraph's own saver past all code of ours. */
export async function readThread(pool: pg.Pool, conversationId: string): Promise<BaseMessage[]> {
  const tuple = await new PostgresSaver(pool).getTuple({
    configurable: { thread_id: conversationId },
  });
  const values = Object.entries(tuple?.checkpoint.channel_values ?? {});
  // The oldest segment is `messages:0`; the newest messages are in `messages`.
  const segments = values
    .filter(([channel]) => /^messages(:\d+)?$/.test(channel))
    .sort(([one], [other]) => numberOf(one) - numberOf(other));
  return segments.flatMap(([, messages]) => messages as BaseMessage[]);
}

const numberOf = (channel: string) => Number(channel.split(":")[1] ?? Number.POSITIVE_INFINITY);

/** Why Bedrock would refuse the next question in this thread, sent as it is; undefined when it would not. */
export function threadFault(thread: readonly BaseMessage[]): string | undefined {
  const ids = thread.map(({ id }) => id);
  if (new Set(ids).size < ids.length) return "A message is in the thread twice.";
  const messages: { role: string; content: object[] }[] = [];
  for (const message of [...thread, new HumanMessage("And now?")]) {
    const last = messages.at(-1);
    const isMoreResults = ToolMessage.isInstance(message) && last && isResults(last);
    if (isMoreResults) last.content.push(...blocksOf(message));
    else messages.push({ role: roleOf(message), content: blocksOf(message) });
  }
  try {
    validateRequest("demo-model", {
      system: [{ text: "Answer." }],
      messages,
      toolConfig: { tools: [{ toolSpec: anyTool }] },
    });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const anyTool = {
  name: "any",
  description: "Any tool.",
  inputSchema: { json: { type: "object", properties: {} } },
};

const roleOf = (message: BaseMessage) => (AIMessage.isInstance(message) ? "assistant" : "user");

const isResults = ({ content }: { content: object[] }) =>
  content.every((block) => "toolResult" in block);

function blocksOf(message: BaseMessage): object[] {
  if (ToolMessage.isInstance(message)) {
    const content = [{ text: message.text }];
    return [{ toolResult: { toolUseId: message.tool_call_id, content } }];
  }
  const texts = message.text === "" ? [] : [{ text: message.text }];
  const calls = AIMessage.isInstance(message) ? (message.tool_calls ?? []) : [];
  return [...texts, ...calls.map(toUse)];
}

const toUse = ({ id, name, args }: ToolCall) => ({
  toolUse: { toolUseId: id, name, input: args },
});
