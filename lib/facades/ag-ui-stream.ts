import type { AgUiMessage } from "#lib/contract/ag-ui.ts";
import type { ToolCall, Usage } from "#lib/contract/chat.ts";
import type { Problem } from "#lib/contract/problem.ts";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import type { EventEncoder } from "#lib/sse/event-stream-response.ts";
import { argumentsOf, createAgUiAnswer, resultIdOf, resultMessage } from "./ag-ui-messages.ts";
import { type AnswerChange, createAnswerChanges } from "./answer-changes.ts";
import { approvalIdOf } from "./shown-call.ts";
import type { EndEvent } from "./turn-view.ts";

/** An event of AG-UI. No field may be null: the client refuses the whole run. */
type AgUiEvent = { type: string } & Record<string, unknown>;

interface Run {
  threadId: string;
  runId: string;
  conversationId: string;
  turnId: string;
  /** The messages before the answer. */
  history: readonly AgUiMessage[];
  /** The client may show something of the answer already, or something else: the run begins with all messages. */
  isJoin: boolean;
}

/**
 * Says a turn's events as those of AG-UI 1.0. A client can take back no part of an answer, so after a take-over, and when it joins, it
 * gets all messages of the thread, and the answer goes on from there. Every run ends with RUN_FINISHED or RUN_ERROR.
 */
export function createAgUiEncoder(run: Run): EventEncoder {
  const { threadId, runId, conversationId, turnId, history } = run;
  const changesOf = createAnswerChanges(turnId);
  let answer = createAgUiAnswer(turnId);
  /** The message that text is appended to. */
  let openText: string | undefined;
  let openReasoning: string | undefined;
  let reasonings = 0;
  /** Calls that the client has no result of. */
  const running = new Set<string>();
  let isBehind = run.isJoin;
  let hasBegun = false;
  let hasEnded = false;

  function* begin(): Generator<AgUiEvent> {
    if (hasBegun) return;
    hasBegun = true;
    const metadata = { conversation_id: conversationId, turn_id: turnId };
    yield { type: "RUN_STARTED", threadId, runId, protocolVersion: "1.0", metadata };
  }

  function* close(): Generator<AgUiEvent> {
    if (openText) yield { type: "TEXT_MESSAGE_END", messageId: openText };
    openText = undefined;
    if (openReasoning) {
      yield { type: "REASONING_MESSAGE_END", messageId: openReasoning };
      yield { type: "REASONING_END", messageId: openReasoning };
    }
    openReasoning = undefined;
  }

  function* appendText(delta: string): Generator<AgUiEvent> {
    const messageId = answer.addText(delta);
    if (openText !== messageId) {
      yield* close();
      openText = messageId;
      yield { type: "TEXT_MESSAGE_START", messageId, role: "assistant" };
    }
    yield { type: "TEXT_MESSAGE_CONTENT", messageId, delta };
  }

  function* appendReasoning(delta: string): Generator<AgUiEvent> {
    if (!openReasoning) {
      yield* close();
      reasonings += 1;
      openReasoning = reasoningIdOf(reasonings);
      yield { type: "REASONING_START", messageId: openReasoning };
      yield { type: "REASONING_MESSAGE_START", messageId: openReasoning, role: "reasoning" };
    }
    yield { type: "REASONING_MESSAGE_CONTENT", messageId: openReasoning, delta };
  }

  const reasoningIdOf = (count: number) => `${turnId}.reasoning.${count}`;

  function* showTool(tool: ToolCall, isNew: boolean): Generator<AgUiEvent> {
    const { id: toolCallId, name: toolCallName } = tool;
    const parentMessageId = answer.setTool(tool);
    if (isNew) {
      yield* close();
      yield { type: "TOOL_CALL_START", toolCallId, toolCallName, parentMessageId };
      yield { type: "TOOL_CALL_ARGS", toolCallId, delta: argumentsOf(tool) };
      yield { type: "TOOL_CALL_END", toolCallId };
      running.add(toolCallId);
    }
    const result = resultMessage(tool);
    if (result && running.delete(toolCallId)) {
      yield { type: "TOOL_CALL_RESULT", messageId: result.id, toolCallId, content: result.content };
    }
  }

  /** Replaces what the client shows by all messages, with what these changes add to the answer. */
  function* showAll(changes: readonly AnswerChange[], isRestart: boolean): Generator<AgUiEvent> {
    isBehind = false;
    yield* close();
    // The client counts a call without a result as its own to run.
    for (const toolCallId of running) {
      const content = "This call was given up.";
      yield { type: "TOOL_CALL_RESULT", messageId: resultIdOf(toolCallId), toolCallId, content };
    }
    running.clear();
    if (isRestart) answer = createAgUiAnswer(turnId);
    for (const change of changes) {
      if (change.type === "text") answer.addText(change.text);
      if (change.type !== "tool") continue;
      answer.setTool(change.tool);
      if (!resultMessage(change.tool)) running.add(change.tool.id);
    }
    const messages = [...history, ...voidReasoning(), ...answer.messages()];
    yield { type: "MESSAGES_SNAPSHOT", messages };
  }

  /** A client keeps its reasoning unless the messages have some: so they have what this run has sent, emptied. */
  function voidReasoning(): AgUiMessage[] {
    if (reasonings === 0) return [];
    reasonings = 0;
    return [{ id: reasoningIdOf(1), role: "reasoning", content: "" }];
  }

  function* end({ event, data }: EndEvent): Generator<AgUiEvent> {
    hasEnded = true;
    yield* close();
    const finished = { type: "RUN_FINISHED", threadId, runId };
    switch (event) {
      case "done": {
        const { model, usage, remarks, citations, suggestions } = data;
        const result = {
          ...(remarks.length > 0 && { remarks }),
          ...(citations && { citations }),
          ...(suggestions && { suggestions }),
        };
        const used = { ...(model !== null && { model }), ...tokensOf(usage) };
        yield { ...finished, outcome: { type: "success" }, result, usage: [used] };
        return;
      }
      case "stopped":
        yield { ...finished, outcome: { type: "cancelled" } };
        return;
      case "waiting": {
        const outcome = outcomeOf(data.calls);
        yield outcome ? { ...finished, outcome } : { type: "RUN_ERROR", message: brokenOff };
        return;
      }
      case "error":
        yield runError(data);
    }
  }

  function* eventsOf(changes: readonly AnswerChange[]): Generator<AgUiEvent> {
    const isRestart = changes.some(({ type }) => type === "restart");
    const hasNews = changes.some(({ type }) => type !== "turn" && type !== "snapshot");
    const isShown = isRestart || (isBehind && hasNews);
    if (isShown) yield* showAll(changes, isRestart);
    for (const change of changes) {
      switch (change.type) {
        case "text":
          if (!isShown) yield* appendText(change.text);
          break;
        case "tool":
          if (!isShown) yield* showTool(change.tool, change.isNew);
          break;
        case "reasoning":
          yield* appendReasoning(change.text);
          break;
        case "source":
          yield { type: "CUSTOM", name: "source", value: change.source };
          break;
        case "barred":
          hasEnded = true;
          yield { type: "RUN_ERROR", message: barred };
          break;
        case "end":
          yield* end(change.end);
          break;
        case "turn":
        case "snapshot":
        case "restart":
          break;
      }
    }
  }

  return {
    encode(event: StreamEvent) {
      if (hasEnded) return [];
      return [...begin(), ...eventsOf(changesOf(event))].map((data) => ({ data }));
    },
    end: () => (hasEnded ? [] : [{ data: { type: "RUN_ERROR", message: brokenOff } }]),
  };
}

/** Says that nothing has run, because of a problem. */
export const refusedRun = (problem: Problem): EventEncoder => ({
  encode: () => [],
  end: () => [{ data: runError(problem) }],
});

const runError = ({ detail, type, retry_after }: Problem): AgUiEvent => ({
  ...{ type: "RUN_ERROR", message: detail, code: type },
  ...(retry_after !== undefined && { metadata: { retry_after } }),
});

const brokenOff =
  "The connection ended before the answer did. Run the thread again without a new message to follow it.";
const barred =
  "An earlier message of this thread waits for a decision. The answer follows after that decision.";

/** Returns how a run ends whose turn waits: for the person first, and then for the client's own tools. */
function outcomeOf(calls: readonly ToolCall[]) {
  const interrupts = calls.flatMap((call) => interruptOf(call) ?? []);
  if (interrupts.length > 0) return { type: "interrupt", interrupts };
  const pendingToolCallIds = calls.filter(({ client }) => client).map(({ id }) => id);
  return pendingToolCallIds.length > 0 ? { type: "success", pendingToolCallIds } : undefined;
}

function interruptOf({ id, name, effect, approval }: ToolCall) {
  if (approval?.state !== "open") return undefined;
  const { arguments_sha256, expires_at: expiresAt, before, link } = approval;
  return {
    id: approvalIdOf(id, arguments_sha256),
    ...{ reason: "tool_call", toolCallId: id, expiresAt },
    message: `Run ${name}?`,
    responseSchema,
    metadata: { effect, arguments_sha256, before, link },
  };
}

const responseSchema = {
  type: "object",
  properties: {
    approved: { type: "boolean" },
    note: { type: "string", maxLength: 1_000 },
  },
  required: ["approved"],
  additionalProperties: false,
};

/** AG-UI counts the tokens of the prompt cache among the input tokens. A number that is unknown is left out. */
function tokensOf(usage: Usage) {
  const { input_tokens, cache_read_tokens: read, cache_write_tokens: write, output_tokens } = usage;
  const isInputKnown = input_tokens !== null && read !== null && write !== null;
  return {
    ...(isInputKnown && {
      inputTokens: input_tokens + read + write,
      cachedInputTokens: read,
      cacheWriteInputTokens: write,
    }),
    ...(output_tokens !== null && { outputTokens: output_tokens }),
  };
}
