import { setTimeout as sleep } from "node:timers/promises";
import type { BaseMessage } from "@langchain/core/messages";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { AgentEvent } from "./agent-event.ts";
import type { ChatModel } from "./chat-model.ts";
import { ModelFailure } from "./model-failure.ts";
import { type ModelFault, toModelFault } from "./model-fault.ts";
import { priceInUsd } from "./price.ts";
import { type ModelAnswer, readAnswer } from "./read-answer.ts";
import type { TokenCount } from "./token-count.ts";

export interface ModelCall {
  messagesFor: (modelId: string) => BaseMessage[];
  /** The model of the turn's earlier calls, if it had any: a turn that went over to the fallback stays there. */
  modelId: string | undefined;
  /** The turn's text before this call. */
  textBefore: string;
  signal: AbortSignal;
  emit: (event: AgentEvent) => void;
}

/** An answer, and who gave it. */
export type ModelReply = ModelAnswer & {
  modelId: string;
  /** Not by the model of first choice. */
  isFallback: boolean;
};

export type CallModel = (call: ModelCall) => Promise<ModelReply>;

interface ModelCallerOptions {
  primary: ChatModel;
  /** Asked once when the primary is out of tries. */
  fallback?: ChatModel | undefined;
  telemetry: Telemetry;
  retry?: Partial<RetryTools> | undefined;
}

/** What a test puts in place of waiting and chance. */
export interface RetryTools {
  delay(ms: number, signal: AbortSignal): Promise<unknown>;
  /** From 0 to 1. */
  random(): number;
  /** In milliseconds. */
  now(): number;
}

const maxTries = 4;
const maxRetryMs = 20_000;
const firstBackoffMs = 1_000;

/**
 * The one retry layer. An answer that broke off is asked for anew, which listeners hear as `restart`.
 * A call ends with a whole answer, the signal's reason, or a ModelFailure.
 */
export function createModelCaller(options: ModelCallerOptions): CallModel {
  const { telemetry } = options;
  const { delay, random, now }: RetryTools = {
    delay: (ms, signal) => sleep(ms, undefined, { signal }),
    random: Math.random,
    now: () => performance.now(),
    ...options.retry,
  };

  return async (call) => {
    const [first, second] = modelsFor(call, options);
    const startedAt = now();
    let model = first;
    for (let tries = 1; ; tries += 1) {
      const attempt = await tryOnce(model, call);
      if (attempt.answer) {
        const isFallback = model.id !== options.primary.id;
        return { ...attempt.answer, modelId: model.id, isFallback };
      }

      const { error, fault, hasSpoken } = attempt;
      const waitMs = backoffMs(tries, random(), fault);
      const isTimeLeft = now() - startedAt + waitMs <= maxRetryMs;
      const mayRetry = model === first && tries < maxTries && isTimeLeft;
      const next = mayRetry ? first : model === first ? second : undefined;
      if (fault.kind === "refused" || !next) throw toFailure(fault, error);

      telemetry.warn("model.retry", { model_id: model.id, tries, error_type: error.name });
      telemetry.measure("ModelRetries", 1, { model: model.id });
      if (mayRetry) await delay(waitMs, call.signal);
      call.signal.throwIfAborted();
      if (hasSpoken) call.emit({ type: "restart", text: call.textBefore });
      model = next;
    }
  };
}

function modelsFor(
  { modelId }: ModelCall,
  { primary, fallback }: ModelCallerOptions,
): [ChatModel, ChatModel | undefined] {
  return fallback && modelId === fallback.id ? [fallback, undefined] : [primary, fallback];
}

type Attempt =
  | { answer: ModelAnswer }
  | { answer?: never; error: Error; fault: ModelFault; hasSpoken: boolean };

async function tryOnce(model: ChatModel, call: ModelCall): Promise<Attempt> {
  let text = "";
  let hasSpoken = false;
  let tokens: TokenCount | undefined;
  const say = (event: AgentEvent) => {
    hasSpoken = true;
    call.emit(event);
  };
  try {
    const chunks = await model.stream(call.messagesFor(model.id), call.signal);
    const answer = await readAnswer(chunks, {
      onText(piece) {
        const isSecondText = text === "" && call.textBefore !== "";
        text += piece;
        say({ type: "text", text: isSecondText ? `\n\n${piece}` : piece });
      },
      onReasoning: (piece) => say({ type: "reasoning", text: piece }),
      onTokens(reported) {
        tokens = reported;
      },
    });
    // LangChain ends a stream quietly when it is aborted.
    call.signal.throwIfAborted();
    return { answer };
  } catch (error) {
    call.signal.throwIfAborted();
    if (tokens) call.emit({ type: "broken_call", tokens, costUsd: priceInUsd(model.id, tokens) });
    const fault = toModelFault(error);
    if (!fault || !(error instanceof Error)) throw error;
    return { error, fault, hasSpoken };
  }
}

/** Full jitter, but never earlier than the server asks for. */
function backoffMs(tries: number, random: number, { retryAfterMs = 0 }: ModelFault): number {
  return Math.max(retryAfterMs, random * firstBackoffMs * 2 ** (tries - 1));
}

function toFailure({ kind }: ModelFault, cause: Error): ModelFailure {
  const type = kind === "busy" ? "model_busy" : "model_failed";
  return new ModelFailure(type, { retryable: kind !== "refused", cause });
}
