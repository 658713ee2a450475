import {
  AIMessage,
  type BaseMessage,
  SystemMessage,
  type ToolCall,
} from "@langchain/core/messages";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import { uniqueConverseId } from "#lib/agent/history/converse-name.ts";
import {
  isBlank,
  modelIdOf,
  toContent,
  withoutReasoning,
} from "#lib/agent/history/message-content.ts";
import { repairHistory } from "#lib/agent/history/repair-history.ts";
import { toStorableArguments } from "#lib/agent/history/storable-arguments.ts";
import { summaryMessages, type ThreadSummary } from "#lib/agent/history/thread-summary.ts";
import type { CallModel, ModelReply } from "#lib/agent/model/call-model.ts";
import { isInvalidRequest } from "#lib/agent/model/model-failure.ts";
import type { ObserveRequest } from "#lib/agent/model/model-request.ts";
import type { ModelAnswer } from "#lib/agent/model/read-answer.ts";
import type { Purse } from "#lib/budget/purse.ts";
import { closingSentence } from "./closing-sentence.ts";
import { type CurrentTurn, currentTurn } from "./current-turn.ts";
import { type Instructions, instructionsPrompt } from "./instructions-prompt.ts";
import { lastStepPrompt } from "./prompt.ts";

const maxModelCalls = 8;

interface ModelStepParts {
  /** The system prompt. */
  prompt: string;
  instructions: Instructions | undefined;
  callModel: CallModel;
  /** The prompt lets the model end its answer with suggestions. */
  hasSuggestions: boolean;
  /** Covers the turns before the thread. */
  summary: ThreadSummary | undefined;
  /** Aborts when the turn must end. */
  signal: AbortSignal;
  emit: (event: AgentEvent) => void;
  purse: Purse;
  observe?: ObserveRequest | undefined;
}

/** Makes one model call of a turn: sends the thread, emits the answer as it arrives, and returns it as a message. */
export async function takeModelStep(
  parts: ModelStepParts,
  thread: BaseMessage[],
): Promise<AIMessage> {
  const turn = currentTurn(thread);
  const isLast = turn.modelCalls + 1 >= maxModelCalls;
  const reply = await replyTo(parts, thread, turn, isLast);
  const { modelId, isFallback, tokens, costUsd } = reply;
  parts.emit({
    type: "model_call",
    model: modelId,
    isFallback,
    isCut: isCut(reply),
    tokens,
    costUsd,
  });
  const mayUseTools = !isLast && !isWithheld(reply);
  return mayUseTools && reply.toolCalls.length > 0
    ? callingMessage(reply, turn, thread)
    : finalMessage(reply, turn, parts.emit);
}

/**
 * Calls the model with the whole thread. If the model refuses the request, calls it once more with the running turn
 * alone, so that an invalid message of an earlier turn cannot block the conversation.
 */
async function replyTo(
  parts: ModelStepParts,
  thread: BaseMessage[],
  turn: CurrentTurn,
  isLast: boolean,
): Promise<ModelReply> {
  const { prompt, instructions, callModel, summary, emit } = parts;
  const { signal, purse, observe, hasSuggestions } = parts;
  const history = repairHistory(thread);
  const wishes = instructionsPrompt(instructions);
  const send = (messages: BaseMessage[], notes: ThreadSummary | undefined) => {
    const fromTurn = messages[0]?.id ?? turn.id;
    emit({ type: "history", fromTurn, summarisedUntil: notes?.untilTurn ?? null });
    const before = [
      new SystemMessage(prompt),
      // After the first message, behind which the cache point is: other people have other wishes.
      ...(wishes === undefined ? [] : [new SystemMessage(wishes)]),
      ...(isLast ? [new SystemMessage(lastStepPrompt)] : []),
      ...(notes ? summaryMessages(notes) : []),
    ];
    return callModel({
      messagesFor: (modelId) => [...before, ...messages.map(withoutForeignReasoning(modelId))],
      modelId: turn.modelId,
      textBefore: turn.text,
      signal,
      emit,
      purse,
      observe,
      hasSuggestions,
    });
  };
  try {
    return await send(history, summary);
  } catch (error) {
    const start = history.findIndex(({ id }) => id === turn.id);
    const isAlone = start === 0 && summary === undefined;
    if (start < 0 || isAlone || !isInvalidRequest(error)) throw error;
    emit({ type: "restart", text: turn.text });
    return send(history.slice(start), undefined);
  }
}

const isWithheld = ({ stopReason }: ModelAnswer): boolean =>
  stopReason === "content_filtered" || stopReason === "guardrail_intervened";

const isCut = ({ text, stopReason, toolCalls }: ModelAnswer): boolean =>
  !isBlank(text) &&
  toolCalls.length === 0 &&
  (stopReason === "max_tokens" || stopReason === "model_context_window_exceeded");

/** A model signs its reasoning, and refuses the reasoning of another model. */
function withoutForeignReasoning(modelId: string) {
  return (message: BaseMessage): BaseMessage =>
    AIMessage.isInstance(message) && modelIdOf(message) !== modelId
      ? withoutReasoning(message)
      : message;
}

/**
 * Returns an answer that calls tools. The message keeps the blocks in their order, because the model must get its
 * reasoning back together with the results of its calls. Other fields of a chunk would only enlarge checkpoints.
 */
function callingMessage(
  { modelId, blocks, toolCalls }: ModelReply,
  turn: CurrentTurn,
  thread: BaseMessage[],
): AIMessage {
  const calls = withUniqueIds(toolCalls, turn, thread);
  const blocksWithIds = blocks.map((block) =>
    block.type === "tool_call" ? { ...block, id: calls[Number(block.id)]?.id ?? "" } : block,
  );
  return new AIMessage({
    id: `${turn.id}:m${turn.modelCalls + 1}`,
    content: toContent(blocksWithIds),
    tool_calls: calls.map((call) => ({ ...call, args: toStorableArguments(call.args) })),
    response_metadata: { model_id: modelId },
  });
}

/** Converse demands ids of its own pattern that are unique in a conversation. Not every model writes such ids. */
function withUniqueIds(
  calls: ToolCall[],
  turn: CurrentTurn,
  thread: BaseMessage[],
): (ToolCall & { id: string })[] {
  const answers = thread.filter((message) => AIMessage.isInstance(message));
  const used = new Set(
    answers.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id = "" }) => id)),
  );
  return calls.map((call, index) => {
    const isUnique = call.id !== undefined && call.id !== "" && !used.has(call.id);
    const wanted = isUnique ? call.id : `${turn.id}_${turn.modelCalls}_${index}`;
    return { ...call, id: uniqueConverseId(wanted ?? "", used) };
  });
}

/** Returns an answer that ends the turn, with a closing sentence if the answer is missing or incomplete. */
function finalMessage(
  { modelId, text, stopReason, toolCalls, suggestions }: ModelReply,
  turn: CurrentTurn,
  emit: (event: AgentEvent) => void,
): AIMessage {
  const sentence = closingSentence({ text, stopReason, wantsTools: toolCalls.length > 0 });
  if (sentence !== undefined) {
    const isFirstText = turn.text === "" && isBlank(text);
    emit({ type: "text", text: isFirstText ? sentence : `\n\n${sentence}` });
  }
  if (suggestions.length > 0) emit({ type: "suggestions", suggestions });
  return new AIMessage({
    id: `${turn.id}:a`,
    content: [text, sentence ?? ""].filter((part) => !isBlank(part)).join("\n\n"),
    response_metadata: { model_id: modelId },
  });
}
