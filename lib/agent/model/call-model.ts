import { setTimeout as sleep } from "node:timers/promises";
import type { BaseMessage } from "@langchain/core/messages";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { ChatModel } from "./chat-model.ts";
import { ModelFailure } from "./model-failure.ts";
import { type FaultKind, type ModelFault, toModelFault } from "./model-fault.ts";
import { operatorAdvice } from "./operator-advice.ts";
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
}

const maxTries = 4;
/** A silent try may take a fifth of a turn's time: two of them leave enough for the fallback. */
const maxSilentTries = 2;
/** All pauses between tries of one call together, also those that a `Retry-After` asks for. */
const maxPauseMs = 20_000;
const firstBackoffMs = 1_000;

/**
 * The one retry layer. An answer that broke off is asked for anew, which listeners hear as `restart`.
 * The fallback is asked whenever another try with the primary is no use.
 * A call ends with a whole answer, the signal's reason, or a ModelFailure.
 */
export function createModelCaller(options: ModelCallerOptions): CallModel {
  const { telemetry } = options;
  const { delay, random }: RetryTools = {
    delay: (ms, signal) => sleep(ms, undefined, { signal }),
    random: Math.random,
    ...options.retry,
  };

  return async (call) => {
    const [first, second] = modelsFor(call, options);
    const failed: FailedAttempt[] = [];
    let pausedMs = 0;
    let model = first;
    for (;;) {
      const attempt = await tryOnce(model, call);
      if (attempt.answer) {
        const isFallback = model.id !== options.primary.id;
        return { ...attempt.answer, modelId: model.id, isFallback };
      }

      failed.push(attempt);
      const pauseMs = backoffMs(failed.length, random(), attempt.fault);
      const mayRetry =
        model === first && isWorthAnotherTry(failed) && pausedMs + pauseMs <= maxPauseMs;
      const next = mayRetry ? first : model === first ? second : undefined;
      report(attempt, model, failed.length, telemetry);
      if (attempt.fault.kind === "too_long" || !next) throw toFailure(failed);

      telemetry.measure("ModelRetries", 1, { model: model.id });
      if (mayRetry) {
        await delay(pauseMs, call.signal);
        pausedMs += pauseMs;
      }
      call.signal.throwIfAborted();
      if (attempt.hasSpoken) call.emit({ type: "restart", text: call.textBefore });
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

interface FailedAttempt {
  answer?: never;
  error: unknown;
  fault: ModelFault;
  hasSpoken: boolean;
}
type Attempt = { answer: ModelAnswer } | FailedAttempt;

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
    if (!fault) throw error;
    return { error, fault, hasSpoken };
  }
}

/** Full jitter, but never earlier than the server asks for. */
function backoffMs(tries: number, random: number, { retryAfterMs = 0 }: ModelFault): number {
  return Math.max(retryAfterMs, random * firstBackoffMs * 2 ** (tries - 1));
}

function isWorthAnotherTry(failed: FailedAttempt[]): boolean {
  const kinds = failed.map(({ fault }) => fault.kind);
  const last = kinds.at(-1);
  if (failed.length >= maxTries) return false;
  if (last === "silent") return kinds.filter((kind) => kind === "silent").length < maxSilentTries;
  return last === "busy" || last === "broken";
}

/** A fault that no repetition mends wakes an operator, also where the fallback answers after all. */
function report(
  { error, fault }: FailedAttempt,
  model: ChatModel,
  tries: number,
  telemetry: Telemetry,
): void {
  const { kind, name, status } = fault;
  const fields = { model_id: model.id, tries, kind, error_type: name, status };
  if (kind !== "refused" && kind !== "unavailable") {
    telemetry.warn("model.failed", fields);
    return;
  }
  telemetry.error("model.unusable", error, { ...fields, advice: operatorAdvice(fault) });
  telemetry.measure("ModelUnusable", 1);
}

/** What may pass outweighs what will not: either model may be there again when the message is sent again. */
const mostHopefulFirst: readonly FaultKind[] = [
  ...(["too_long", "busy", "silent", "broken", "refused", "unavailable"] as const),
];

function toFailure(failed: FailedAttempt[]): ModelFailure {
  const isOf = (kind: FaultKind) => failed.findLast(({ fault }) => fault.kind === kind);
  const told = mostHopefulFirst.map(isOf).find((attempt) => attempt !== undefined);
  return new ModelFailure(told?.fault.kind ?? "broken", {
    cause: told?.error,
    wasRefused: isOf("refused") !== undefined,
  });
}
