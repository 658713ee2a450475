import type { AnswerMetadata } from "#lib/contract/ai-sdk.ts";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { Source } from "#lib/contract/source.ts";
import type { EventEncoder, ServerSentEvent } from "#lib/sse/event-stream-response.ts";
import { approvalOf, sourcePart } from "./ai-sdk-messages.ts";
import { type AnswerChange, createAnswerChanges } from "./answer-changes.ts";
import { errorOf, inputOf, outputOf } from "./shown-call.ts";
import type { EndEvent, TurnView } from "./turn-view.ts";

/** The header by which clients know version 1 of the UI message stream. */
export const aiSdkHeaders = { "x-vercel-ai-ui-message-stream": "v1" };

/** A chunk of the UI message stream. No field may be null: the client refuses the whole answer. */
type Chunk = { type: string } & Record<string, unknown>;

interface AnswerStream {
  conversationId: string;
  turnId: string;
  /** What the client shows already, if a decision continues the answer. */
  base?: Pick<TurnView, "text" | "tools"> | undefined;
}

/**
 * Says a turn's events as the AI SDK's UI message stream. The whole turn is one step, because a client can take back only the
 * step that is open: a take-over becomes `reset-step`. The message has the id of the turn.
 */
export function createAiSdkEncoder({ conversationId, turnId, base }: AnswerStream): EventEncoder {
  const changesOf = createAnswerChanges(turnId, base);
  const sources = new Map<number, Source>();
  let part: { type: "text" | "reasoning"; id: string } | undefined;
  let partCount = 0;
  let hasBegun = false;
  let hasEnded = false;

  function* begin(): Generator<Chunk> {
    if (hasBegun) return;
    hasBegun = true;
    const messageMetadata: AnswerMetadata = { conversation_id: conversationId };
    yield { type: "start", messageId: turnId, messageMetadata };
    yield { type: "start-step" };
  }

  function* closePart(): Generator<Chunk> {
    if (part) yield { type: `${part.type}-end`, id: part.id };
    part = undefined;
  }

  function* append(type: "text" | "reasoning", delta: string): Generator<Chunk> {
    if (part?.type !== type) {
      yield* closePart();
      partCount += 1;
      part = { type, id: `${type}-${partCount}` };
      yield { type: `${type}-start`, id: part.id };
    }
    yield { type: `${type}-delta`, id: part.id, delta };
  }

  function* end({ event, data }: EndEvent): Generator<Chunk> {
    hasEnded = true;
    if (event === "error") {
      yield errorChunk(data.detail);
      return;
    }
    for (const source of sources.values()) yield sourcePart(source);
    yield { type: "finish-step" };
    const isCut = event === "done" && data.remarks.includes("cut_at_length");
    const finishReason = isCut ? "length" : finishReasons[event];
    yield { type: "finish", finishReason, messageMetadata: { status: event } };
  }

  function* chunksOf(change: AnswerChange): Generator<Chunk> {
    switch (change.type) {
      case "turn":
        return yield* begin();
      case "restart":
        part = undefined;
        sources.clear();
        yield { type: "reset-step" };
        return;
      case "text":
      case "reasoning":
        return yield* append(change.type, change.text);
      case "tool":
        yield* closePart();
        return yield* toolChunks(change.tool, change.isNew);
      case "source":
        // They come last, as in the transcript.
        sources.set(change.source.index, change.source);
        return;
      case "barred":
        hasEnded = true;
        yield errorChunk(barred);
        return;
      case "end":
        yield* closePart();
        return yield* end(change.end);
    }
  }

  return {
    encode(event) {
      if (hasEnded) return [];
      return changesOf(event)
        .flatMap((change) => [...chunksOf(change)])
        .map((data) => ({ data }));
    },
    end() {
      const last: ServerSentEvent[] = hasEnded ? [] : [{ data: errorChunk(brokenOff) }];
      return [...last, { data: "[DONE]" }];
    },
  };
}

const errorChunk = (errorText: string): Chunk => ({ type: "error", errorText });

const brokenOff = "The connection ended before the answer did. Open the chat again to follow it.";
const barred =
  "An earlier message of this chat waits for a decision. The answer follows after that decision.";

const finishReasons = { done: "stop", stopped: "interrupted", waiting: "tool-calls" } as const;

/** Every tool has run here, and none is known to the client. */
const kind = { providerExecuted: true, dynamic: true };

/** A call's input is sent once: a second time it would take the output away. */
function* toolChunks(tool: ToolCall, isNew: boolean): Generator<Chunk> {
  const { id: toolCallId, name: toolName, state } = tool;
  if (isNew)
    yield { type: "tool-input-available", toolCallId, toolName, input: inputOf(tool), ...kind };
  const approval = approvalOf(tool);
  if (approval && (isNew || state === "waiting")) {
    const { id: approvalId, approved, reason } = approval;
    yield { type: "tool-approval-request", approvalId, toolCallId };
    if (approved !== undefined) {
      yield { type: "tool-approval-response", approvalId, approved, ...(reason && { reason }) };
    }
  }
  switch (state) {
    case "running":
    case "waiting":
      return;
    case "done":
      yield { type: "tool-output-available", toolCallId, output: outputOf(tool), ...kind };
      return;
    case "denied":
      yield { type: "tool-output-denied", toolCallId };
      return;
    case "failed":
    case "unknown":
      yield { type: "tool-output-error", toolCallId, errorText: errorOf(tool), ...kind };
  }
}
