import {
  AIMessage,
  type BaseMessage,
  SystemMessage,
  type ToolCall,
} from "@langchain/core/messages";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import { isBlank, toContent, withoutReasoning } from "#lib/agent/history/message-content.ts";
import { readableInput } from "#lib/agent/history/readable-input.ts";
import { repairHistory } from "#lib/agent/history/repair-history.ts";
import { summaryMessages, type ThreadSummary } from "#lib/agent/history/thread-summary.ts";
import type { CallModel, ModelReply } from "#lib/agent/model/call-model.ts";
import { isInvalidRequest } from "#lib/agent/model/model-failure.ts";
import { priceInUsd } from "#lib/agent/model/price.ts";
import type { ModelAnswer } from "#lib/agent/model/read-answer.ts";
import { freshId } from "#lib/agent/model/sendable-name.ts";
import { closingSentence } from "./closing-sentence.ts";
import { type CurrentTurn, currentTurn, modelIdOf } from "./current-turn.ts";
import { lastStepPrompt, systemPrompt } from "./prompt.ts";
import type { Step } from "./step.ts";

const maxModelCalls = 8;

/** One model call of a turn: sends the thread, tells the answer as it comes, returns it as a message. */
export async function takeModelStep(callModel: CallModel, step: Step): Promise<AIMessage> {
  const { messages, summary, signal, emit } = step;
  const turn = currentTurn(messages);
  const isLast = turn.modelCalls + 1 >= maxModelCalls;
  const system = new SystemMessage(isLast ? lastStepPrompt : systemPrompt);
  const history = repairHistory(messages);
  const ask = (sent: BaseMessage[], notes?: ThreadSummary) => {
    const fromTurn = sent[0]?.id ?? turn.id;
    emit({ type: "history", fromTurn, summarisedUntil: notes?.untilTurn ?? null });
    const before = [system, ...(notes ? summaryMessages(notes) : [])];
    return callModel({
      messagesFor: (modelId) => [...before, ...sent.map(withoutForeignReasoning(modelId))],
      modelId: turn.modelId,
      textBefore: turn.text,
      signal,
      emit,
    });
  };
  const answer = await ask(history, summary).catch((error: unknown) => {
    // What the model will not take of earlier turns must not hold up this one, and those after it.
    const start = history.findIndex(({ id }) => id === turn.id);
    const isAlone = start === 0 && summary === undefined;
    if (start < 0 || isAlone || !isInvalidRequest(error)) throw error;
    emit({ type: "restart", text: turn.text });
    return ask(history.slice(start));
  });
  const { modelId, isFallback, tokens } = answer;
  emit({
    type: "model_call",
    model: modelId,
    isFallback,
    isCut: isCut(answer),
    tokens,
    costUsd: priceInUsd(modelId, tokens),
  });

  const mayUseTools = !isLast && !isWithheld(answer);
  if (mayUseTools && answer.toolCalls.length > 0) {
    const calls = withFreshIds(answer.toolCalls, turn, messages);
    return callingMessage(
      `${turn.id}:m${turn.modelCalls + 1}`,
      answer,
      calls.map((call) => ({ ...call, args: readableInput(call.args) })),
    );
  }
  return new AIMessage({
    id: `${turn.id}:a`,
    content: withClosingSentence(answer, turn, emit),
    response_metadata: { model_id: modelId },
  });
}

const isWithheld = ({ stopReason }: ModelAnswer): boolean =>
  stopReason === "content_filtered" || stopReason === "guardrail_intervened";

const isCut = ({ text, stopReason, toolCalls }: ModelAnswer): boolean =>
  !isBlank(text) &&
  toolCalls.length === 0 &&
  (stopReason === "max_tokens" || stopReason === "model_context_window_exceeded");

/** Thinking is signed by the model that thought it; another model refuses it. */
function withoutForeignReasoning(modelId: string) {
  return (message: BaseMessage): BaseMessage =>
    AIMessage.isInstance(message) && modelIdOf(message) !== modelId
      ? withoutReasoning(message)
      : message;
}

/** Converse wants ids of its own pattern that are used once in a conversation; not every model keeps to it. */
function withFreshIds(
  calls: ToolCall[],
  turn: CurrentTurn,
  thread: BaseMessage[],
): IdentifiedCall[] {
  const answers = thread.filter((message) => AIMessage.isInstance(message));
  const used = new Set(
    answers.flatMap(({ tool_calls = [] }) => tool_calls.map(({ id = "" }) => id)),
  );
  return calls.map((call, index) => {
    const isFresh = call.id !== undefined && call.id !== "" && !used.has(call.id);
    const wanted = isFresh ? call.id : `${turn.id}_${turn.modelCalls}_${index}`;
    return { ...call, id: freshId(wanted ?? "", used) };
  });
}

type IdentifiedCall = ToolCall & { id: string };

function withClosingSentence(
  { text, stopReason, toolCalls }: ModelAnswer,
  turn: CurrentTurn,
  emit: (event: AgentEvent) => void,
): string {
  const sentence = closingSentence({ text, stopReason, wantsTools: toolCalls.length > 0 });
  if (sentence === undefined) return text;
  const isFirstText = turn.text === "" && isBlank(text);
  emit({ type: "text", text: isFirstText ? sentence : `\n\n${sentence}` });
  return isBlank(text) ? sentence : `${text}\n\n${sentence}`;
}

/**
 * A plain message: what a chunk carries beside its content would only make checkpoints larger. The model wants
 * its thinking back together with the results of its calls, in its order, and only then.
 */
function callingMessage(
  id: string,
  { modelId, blocks }: ModelReply,
  calls: IdentifiedCall[],
): AIMessage {
  const withIds = blocks.map((block) =>
    block.type === "tool_call" ? { ...block, id: calls[Number(block.id)]?.id ?? "" } : block,
  );
  return new AIMessage({
    id,
    content: toContent(withIds),
    tool_calls: calls,
    response_metadata: { model_id: modelId },
  });
}
