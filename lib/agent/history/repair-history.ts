import {
  AIMessage,
  type BaseMessage,
  HumanMessage,
  type ToolCall,
  ToolMessage,
} from "@langchain/core/messages";
import { toConverseName, uniqueConverseId } from "./converse-name.ts";
import {
  type AnswerBlock,
  blocksOf,
  isBlank,
  isReasoning,
  modelIdOf,
  textOf,
  toContent,
} from "./message-content.ts";
import { withoutThoughts } from "./split-thoughts.ts";

/**
 * Returns the messages as Converse accepts them: a user message comes first, roles alternate, no text is blank, and one
 * result follows each tool call at once. Without the repair, one crashed or stopped turn would make every later request
 * of the thread invalid.
 */
export function repairHistory(messages: BaseMessage[]): BaseMessage[] {
  const results = firstResults(messages);
  const storedIds = new Set<string>();
  const sentIds = new Set<string>();
  const repaired: BaseMessage[] = [];
  for (const message of messages) {
    const last = repaired.at(-1);
    if (HumanMessage.isInstance(message) && !isBlank(textOf(message))) {
      if (last && !AIMessage.isInstance(last)) repaired.push(new AIMessage(unanswered));
      repaired.push(message);
    } else if (AIMessage.isInstance(message) && last) {
      const calls = repairCalls(message, storedIds, sentIds);
      const answer = repairAnswer(message, calls);
      if (!answer) continue;
      if (AIMessage.isInstance(last)) repaired.pop();
      repaired.push(AIMessage.isInstance(last) ? joinAnswers(last, answer) : answer);
      for (const { storedId, call } of calls) repaired.push(resultFor(call, results.get(storedId)));
    }
  }
  return repaired;
}

const unanswered = "(This message was not answered.)";

function firstResults(messages: BaseMessage[]): Map<string, ToolMessage> {
  const results = messages.filter((message) => ToolMessage.isInstance(message));
  return new Map(results.toReversed().map((result) => [result.tool_call_id, result]));
}

interface RepairedCall {
  storedId: string;
  call: ToolCall & { id: string };
}

/** Returns the calls of an answer as Converse accepts them, without calls that an earlier message holds. */
function repairCalls(
  { tool_calls = [] }: AIMessage,
  storedIds: Set<string>,
  sentIds: Set<string>,
): RepairedCall[] {
  return tool_calls.flatMap(({ id: storedId, name, args, ...call }) => {
    if (!storedId || storedIds.has(storedId)) return [];
    storedIds.add(storedId);
    const id = uniqueConverseId(storedId, sentIds);
    return [{ storedId, call: { ...call, id, name: toConverseName(name), args: toObject(args) } }];
  });
}

/** Returns undefined if nothing but reasoning is left. */
function repairAnswer(message: AIMessage, calls: RepairedCall[]): AIMessage | undefined {
  const blocks = blocksOf(message).flatMap((block) => repairBlock(block, calls));
  if (calls.length === 0 && blocks.every(isReasoning)) return undefined;
  return new AIMessage({
    content: toContent(blocks),
    tool_calls: calls.map(({ call }) => call),
    response_metadata: message.response_metadata,
  });
}

function repairBlock(block: AnswerBlock, calls: RepairedCall[]): AnswerBlock[] {
  if (block.type === "text") {
    const text = withoutThoughts(block.text);
    return isBlank(text) ? [] : [{ type: "text", text }];
  }
  if (block.type !== "tool_call") return [block];
  return calls
    .filter(({ storedId }) => storedId === block.id)
    .map(({ call }) => ({ type: "tool_call", id: call.id }));
}

/** Joins two consecutive answers. The first one has no calls, because results would follow them. */
function joinAnswers(first: AIMessage, second: AIMessage): AIMessage {
  const isOneModel = modelIdOf(first) === modelIdOf(second);
  return new AIMessage({
    content: toContent([...blocksOf(first), ...blocksOf(second)]),
    tool_calls: second.tool_calls ?? [],
    // Reasoning of two models must not be sent to either, so the joined answer names no model.
    response_metadata: isOneModel ? second.response_metadata : {},
  });
}

function resultFor(call: RepairedCall["call"], result: ToolMessage | undefined): ToolMessage {
  const tool_call_id = call.id;
  if (result?.tool_call_id === tool_call_id) return result;
  const { name } = call;
  if (!result) return new ToolMessage({ tool_call_id, name, ...interrupted });
  const { id, status = "success" } = result;
  const fields = { tool_call_id, name, status, content: textOf(result) };
  return new ToolMessage(id === undefined ? fields : { ...fields, id });
}

const interrupted = {
  status: "error",
  content: "Error: the tool call was interrupted before it finished.",
} as const;

function toObject(input: unknown): Record<string, unknown> {
  return typeof input === "object" && input !== null && !Array.isArray(input) ? { ...input } : {};
}
