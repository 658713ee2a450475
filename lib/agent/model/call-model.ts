import { setTimeout as sleep } from "node:timers/promises";
import type { BaseMessage } from "@langchain/core/messages";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import { costInMicrodollars, costInUsd, type TokenCount } from "#lib/budget/price.ts";
import type { Purse } from "#lib/budget/purse.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { ChatModel } from "./chat-model.ts";
import { type ClassifiedError, classifyError, operatorAdvice } from "./classify-error.ts";
import { type FailureKind, ModelFailure } from "./model-failure.ts";
import type { ObserveRequest } from "./model-request.ts";
import {
  type AnswerStream,
  type ModelAnswer,
  type ReadOptions,
  readAnswer,
} from "./read-answer.ts";
import { isUnbilled } from "./wire-error.ts";

export interface ModelCall extends ReadOptions {
  messagesFor: (modelId: string) => BaseMessage[];
  /** The model of the turn's previous call, if there was one. A turn that has changed to the fallback keeps it. */
  modelId: string | undefined;
  /** The turn's text before this call. */
  textBefore: string;
  signal: AbortSignal;
  emit: (event: AgentEvent) => void;
  /** Pays for each attempt. */
  purse: Purse;
  /** Called at the end of each attempt. */
  observe?: ObserveRequest | undefined;
}

/** A complete answer, and the model that gave it. */
export type ModelReply = ModelAnswer & {
  modelId: string;
  /** The model is not the first choice. */
  isFallback: boolean;
  /** Null if the model did not report its tokens. */
  costUsd: number | null;
};

/**
 * Calls a model until it gives a complete answer. Emits the text as it arrives, and `restart` before a new attempt.
 * @throws ModelFailure, BudgetExhausted, or the signal's reason
 */
export type CallModel = (call: ModelCall) => Promise<ModelReply>;

interface ModelCallerOptions {
  primary: ChatModel;
  /** Called once when the primary has no attempts left. */
  fallback?: ChatModel | undefined;
  telemetry: Telemetry;
  retry?: Partial<RetryTools> | undefined;
}

/** Time and chance, which a test replaces. */
export interface RetryTools {
  delay(ms: number, signal: AbortSignal): Promise<unknown>;
  /** Returns a number from 0 to 1. */
  random(): number;
}

const maxAttempts = 4;
/** A silent attempt may take a fifth of a turn's time, so two of them leave enough time for the fallback. */
const maxSilentAttempts = 2;
/** All pauses between the attempts of one call together, including those that `Retry-After` demands. */
const maxPauseMs = 20_000;
const firstBackoffMs = 1_000;

/** Creates the only retry layer. The fallback takes over when another attempt with the primary is no use. */
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
      const isFallback = model.id !== options.primary.id;
      const attempt = await attemptOnce(model, call, isFallback);
      if (attempt.answer) {
        const costUsd = costInUsd(model.price, attempt.answer.tokens);
        return { ...attempt.answer, modelId: model.id, isFallback, costUsd };
      }

      failed.push(attempt);
      const pauseMs = backoffMs(failed.length, random(), attempt.classified);
      const mayRetry =
        model === first && isWorthRetrying(failed) && pausedMs + pauseMs <= maxPauseMs;
      const next = mayRetry ? first : model === first ? second : undefined;
      logAttempt(attempt, model, failed.length, telemetry);
      if (attempt.classified.kind === "too_long" || !next) throw toFailure(failed);

      telemetry.measure("ModelRetries", 1, { model: model.id });
      if (mayRetry) {
        await delay(pauseMs, call.signal);
        pausedMs += pauseMs;
      }
      call.signal.throwIfAborted();
      if (attempt.hasEmitted) call.emit({ type: "restart", text: call.textBefore });
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
  classified: ClassifiedError;
  /** The person has seen a part of the answer. */
  hasEmitted: boolean;
}
type Attempt = { answer: ModelAnswer } | FailedAttempt;

async function attemptOnce(
  model: ChatModel,
  call: ModelCall,
  isFallback: boolean,
): Promise<Attempt> {
  const startedAtMs = performance.now();
  let firstTokenAtMs: number | undefined;
  let text = "";
  let hasEmitted = false;
  let tokens: TokenCount | undefined;
  const emit = (event: AgentEvent) => {
    hasEmitted = true;
    call.emit(event);
  };
  const observe = (error?: string) =>
    call.observe?.({
      ...{ model: model.id, isFallback, startedAtMs, firstTokenAtMs, error },
      endedAtMs: performance.now(),
      tokens: tokens ?? null,
      costUsd: costInUsd(model.price, tokens ?? null),
    });
  try {
    const messages = call.messagesFor(model.id);
    const stream: AnswerStream = (onEvent) =>
      model.stream(messages, call, (event) => {
        if (event.contentBlockStart || event.contentBlockDelta)
          firstTokenAtMs ??= performance.now();
        onEvent(event);
      });
    const listener = {
      onText(piece: string) {
        const isSecondText = text === "" && call.textBefore !== "";
        text += piece;
        emit({ type: "text", text: isSecondText ? `\n\n${piece}` : piece });
      },
      onReasoning: (piece: string) => emit({ type: "reasoning", text: piece }),
      onTextWithdrawn() {
        text = "";
        emit({ type: "restart", text: call.textBefore });
      },
      onTokens(reported: TokenCount) {
        tokens = reported;
      },
    };
    const answer = await readAnswer(stream, listener, call);
    call.purse.settle(costOf(model, answer.tokens));
    observe();
    return { answer };
  } catch (error) {
    const classified = classifyError(error);
    call.purse.settle(isUnbilled(error) ? 0 : costOf(model, tokens));
    observe(call.signal.aborted ? "aborted" : (classified?.kind ?? "failed"));
    call.signal.throwIfAborted();
    if (tokens) call.emit({ type: "broken_call", tokens, costUsd: costInUsd(model.price, tokens) });
    if (!classified) throw error;
    return { error, classified, hasEmitted };
  }
}

const costOf = ({ price }: ChatModel, tokens: TokenCount | null | undefined): number | null =>
  tokens ? costInMicrodollars(price, tokens) : null;

/** Exponential backoff with full jitter, but never shorter than the server's `Retry-After`. */
function backoffMs(attempts: number, random: number, { retryAfterMs = 0 }: ClassifiedError) {
  return Math.max(retryAfterMs, random * firstBackoffMs * 2 ** (attempts - 1));
}

function isWorthRetrying(failed: FailedAttempt[]): boolean {
  const kinds = failed.map(({ classified }) => classified.kind);
  const last = kinds.at(-1);
  if (failed.length >= maxAttempts) return false;
  if (last === "silent") {
    return kinds.filter((kind) => kind === "silent").length < maxSilentAttempts;
  }
  return last === "busy" || last === "broken";
}

/** An error that no retry can mend alarms an operator, even if the fallback answers. */
function logAttempt(
  { error, classified }: FailedAttempt,
  model: ChatModel,
  tries: number,
  telemetry: Telemetry,
): void {
  const { kind, name, status } = classified;
  const fields = { model_id: model.id, tries, kind, error_type: name, status };
  if (kind !== "refused" && kind !== "unavailable") {
    telemetry.warn("model.failed", fields);
    return;
  }
  telemetry.error("model.unusable", error, { ...fields, advice: operatorAdvice(classified) });
  telemetry.measure("ModelUnusable", 1);
}

/** A failure that may pass comes first, because one of the two models may work when the message is sent again. */
const kindsByHope: readonly FailureKind[] = [
  ...(["too_long", "busy", "silent", "broken", "refused", "unavailable"] as const),
];

function toFailure(failed: FailedAttempt[]): ModelFailure {
  const lastOf = (kind: FailureKind) =>
    failed.findLast(({ classified }) => classified.kind === kind);
  const chosen = kindsByHope.map(lastOf).find((attempt) => attempt !== undefined);
  return new ModelFailure(chosen?.classified.kind ?? "broken", {
    cause: chosen?.error,
    wasRefused: lastOf("refused") !== undefined,
  });
}
