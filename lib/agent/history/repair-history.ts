import {
  AIMessage,
  type BaseMessage,
  HumanMessage,
  type ToolCall,
  ToolMessage,
} from "@langchain/core/messages";
import { isJsonObject } from "#lib/platform/json.ts";
import { toConverseName, uniqueConverseId } from "./converse-name.ts";
import { ownWordsField } from "./frame-tool-result.ts";
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
  /** The call is as it was stored. */
  isIntact: boolean;
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
    const sent = {
      ...call,
      id: uniqueConverseId(storedId, sentIds),
      name: toConverseName(name),
      args: isJsonObject(args) ? args : {},
    };
    const isIntact = sent.id === storedId && sent.name === name && sent.args === args;
    return [{ storedId, call: sent, isIntact }];
  });
}

/** Returns undefined if nothing but reasoning is left, and the message itself if it needs no repair. */
function repairAnswer(message: AIMessage, calls: RepairedCall[]): AIMessage | undefined {
  const areIntact =
    calls.length === (message.tool_calls ?? []).length && calls.every((call) => call.isIntact);
  if (areIntact && hasIntactTexts(message)) return message;
  const blocks = blocksOf(message).flatMap((block) => repairBlock(block, calls));
  if (calls.length === 0 && blocks.every(isReasoning)) return undefined;
  return new AIMessage({
    content: toContent(blocks),
    tool_calls: calls.map(({ call }) => call),
    response_metadata: message.response_metadata,
  });
}

/** Each request repairs all messages of its thread, and a message never changes. */
const intactTexts = new WeakMap<AIMessage, boolean>();

/** Returns whether an answer has anything to send, and no text of it needs repair. */
function hasIntactTexts(message: AIMessage): boolean {
  const known = intactTexts.get(message);
  if (known !== undefined) return known;
  const blocks = blocksOf(message);
  const isSent = (message.tool_calls ?? []).length > 0 || !blocks.every(isReasoning);
  const isIntact =
    isSent &&
    blocks.every((block) => block.type !== "text" || withoutThoughts(block.text) === block.text);
  intactTexts.set(message, isIntact);
  return isIntact;
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
  const { id, status = "success", additional_kwargs } = result;
  const fields = { tool_call_id, name, status, content: textOf(result), additional_kwargs };
  return new ToolMessage(id === undefined ? fields : { ...fields, id });
}

/** The runner died, and nobody recorded the turn. The call may have had an effect. */
const interrupted = {
  status: "error",
  content: "The call was interrupted. It is unknown whether it took effect.",
  additional_kwargs: ownWordsField,
} as const;
