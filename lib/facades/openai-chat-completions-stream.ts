import type { ToolCall, TurnState } from "#lib/contract/chat.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { EventEncoder, ServerSentEvent } from "#lib/sse/event-stream-response.ts";
import { createAnswerChanges } from "./answer-changes.ts";
import { answerParts } from "./answer-parts.ts";
import { type OpenAiProblem, openAiErrorOf } from "./facade-problem.ts";
import {
  approvalRequired,
  approvalSentence,
  barredAnswer,
  brokenAnswer,
  endedByCalls,
  responseUsageOf,
} from "./openai-response.ts";
import { callNumberOf, partsOfSegment, type ResponseSegment } from "./openai-responses-items.ts";
import type { EndEvent, TurnView } from "./turn-view.ts";

/** What every piece of an answer says. */
export interface CompletionHead {
  segment: ResponseSegment;
  /** Seconds since 1970. */
  createdAt: number;
  model: string;
}

const completionIdOf = ({ turnId, afterCall }: ResponseSegment): string =>
  `chatcmpl-${turnId.replaceAll("-", "")}${afterCall === undefined ? "" : `_${afterCall}`}`;

/**
 * Says a turn in the chunks of OpenAI's Chat Completions. A tool that this service runs is not shown: a client would run it again. Whatever
 * is no complete answer ends with an error, because a client takes every other end for one.
 * @param base what the client has of the turn already
 */
export function createChatCompletionEncoder(
  head: CompletionHead,
  {
    base,
    includeUsage,
  }: { base?: Pick<TurnView, "text" | "tools"> | undefined; includeUsage: boolean },
): EventEncoder {
  const changesOf = createAnswerChanges(head.segment.turnId, base);
  let callCount = 0;
  let hasBegun = false;
  let hasEnded = false;

  const chunk = (rest: object): ServerSentEvent => ({
    data: {
      ...{ id: completionIdOf(head.segment), object: "chat.completion.chunk" },
      ...{ created: head.createdAt, model: head.model, ...rest },
    },
  });
  const delta = (delta: object, finish_reason: string | null = null) =>
    chunk({ choices: [{ index: 0, delta, finish_reason }] });

  function fail(problem: OpenAiProblem): ServerSentEvent[] {
    hasEnded = true;
    return [{ data: { error: openAiErrorOf(problem) } }];
  }

  function finish(end: EndEvent): ServerSentEvent[] {
    switch (end.event) {
      case "done":
        hasEnded = true;
        return [
          delta({}, end.data.remarks.includes("cut_at_length") ? "length" : "stop"),
          ...(includeUsage ? [chunk({ choices: [], ...completionUsageOf(end.data.usage) })] : []),
        ];
      case "waiting":
        if (!end.data.calls.every(({ client }) => client)) {
          return fail(approvalRequired(end.data.calls));
        }
        hasEnded = true;
        return [
          delta({}, "tool_calls"),
          ...(includeUsage ? [chunk({ choices: [], usage: noTokens })] : []),
        ];
      case "stopped":
        return fail(brokenAnswer("stopped", "The answer was stopped."));
      case "error":
        return fail(end.data);
    }
  }

  return {
    encode(event) {
      const leaving: ServerSentEvent[] = [];
      for (const change of changesOf(event)) {
        if (hasEnded) break;
        switch (change.type) {
          case "turn":
            if (!hasBegun) leaving.push(delta({ role: "assistant", content: "" }));
            hasBegun = true;
            break;
          case "restart":
            leaving.push(...fail(restarted));
            break;
          case "text":
            leaving.push(delta({ content: change.text }));
            break;
          case "tool":
            if (!change.isNew || !change.tool.client) break;
            leaving.push(delta({ tool_calls: [{ index: callCount, ...toolCallOf(change.tool) }] }));
            callCount += 1;
            break;
          case "barred":
            leaving.push(...fail(barredAnswer));
            break;
          case "end":
            leaving.push(...finish(change.end));
            break;
          default:
        }
      }
      return leaving;
    },
    end() {
      const last = hasEnded ? [] : fail(interrupted);
      return [...last, { data: "[DONE]" }];
    },
  };
}

const restarted = brokenAnswer("restarted", "The answer begins again. Send the request again.");
const interrupted = brokenAnswer(
  "interrupted",
  "The answer goes on elsewhere. Send the request again.",
);

const toolCallOf = ({ id, name, input }: ToolCall) => ({
  ...{ id, type: "function" },
  function: { name, arguments: JSON.stringify(input ?? {}) },
});

const noTokens = { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 };

function completionUsageOf(usage: TurnState["usage"]): object {
  const { usage: counted } = responseUsageOf(usage);
  if (!counted) return {};
  return {
    usage: {
      prompt_tokens: counted.input_tokens,
      completion_tokens: counted.output_tokens,
      total_tokens: counted.total_tokens,
      prompt_tokens_details: counted.input_tokens_details,
    },
  };
}

/** Returns what the client has of a turn whose tools it has run. */
export function baseOf(turn: TurnState, callNumber: number): Pick<TurnView, "text" | "tools"> {
  const text = turn.result ?? turn.partial ?? "";
  const isBefore = ({ id, client }: ToolCall) =>
    callNumberOf(id) < callNumber || (callNumberOf(id) === callNumber && client === true);
  const tools = turn.tools.filter(isBefore);
  const end = tools.find(({ id }) => callNumberOf(id) === callNumber)?.text_offset;
  return { text: text.slice(0, end), tools };
}

/** Returns a turn's answer as a whole. @throws HttpProblem for a turn without a complete answer */
export function chatCompletionOf(head: CompletionHead, turn: TurnState): object {
  const { segment } = head;
  const all = answerParts(turn.result ?? turn.partial ?? "", turn.tools);
  const parts = partsOfSegment(all, segment);
  const isOverByCalls = endedByCalls(segment, turn, all);
  if (!isOverByCalls && turn.status !== "done") throw problemOf(turn);
  const text = parts.map((part) => (part.type === "text" ? part.text : "")).join("");
  const calls = parts.flatMap((part) =>
    part.type === "tool" && part.tool.client ? [toolCallOf(part.tool)] : [],
  );
  const reason = turn.remarks.includes("cut_at_length") ? "length" : "stop";
  return {
    ...{ id: completionIdOf(segment), object: "chat.completion", created: head.createdAt },
    model: isOverByCalls ? head.model : (turn.model ?? head.model),
    choices: [
      {
        index: 0,
        message: {
          ...{ role: "assistant", content: text, refusal: null },
          ...(calls.length > 0 && { tool_calls: calls }),
        },
        logprobs: null,
        finish_reason: isOverByCalls ? "tool_calls" : reason,
      },
    ],
    ...(isOverByCalls ? { usage: noTokens } : completionUsageOf(turn.usage)),
  };
}

function problemOf({ status, error, tools }: TurnState): HttpProblem {
  switch (status) {
    case "failed":
      return new HttpProblem(
        "model_failed",
        error?.status ?? 500,
        error?.detail ?? "The answer failed.",
        {
          headers: { "x-should-retry": "false" },
        },
      );
    case "waiting":
      return new HttpProblem(
        "turn_open",
        409,
        approvalSentence(tools.filter(({ state }) => state === "waiting")),
      );
    case "stopped":
      return new HttpProblem("turn_open", 409, "The answer was stopped.");
    default:
      return new HttpProblem(
        "service_unavailable",
        503,
        "The answer goes on elsewhere. Send the request again.",
        {
          retryAfterSeconds: 2,
        },
      );
  }
}
