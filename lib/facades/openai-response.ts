import type { ToolCall, TurnState, Usage } from "#lib/contract/chat.ts";
import { type AnswerPart, answerParts } from "./answer-parts.ts";
import type { OpenAiProblem } from "./facade-problem.ts";
import {
  isBehind,
  type OutputItem,
  outputOf,
  type ResponseSegment,
} from "./openai-responses-items.ts";

/** One response as OpenAI's clients know it. */
export interface ResponseObject {
  id: string;
  object: "response";
  /** Seconds since 1970. */
  created_at: number;
  status: "queued" | "in_progress" | "completed" | "incomplete" | "failed" | "cancelled";
  model: string;
  output: OutputItem[];
  completed_at?: number | null;
  error: { code: string; message: string } | null;
  incomplete_details: { reason: string } | null;
  usage?: ResponseUsage | null;
  [echoed: string]: unknown;
}

interface ResponseUsage {
  input_tokens: number;
  input_tokens_details: { cached_tokens: number };
  output_tokens: number;
  output_tokens_details: { reasoning_tokens: number };
  total_tokens: number;
}

/** What a response says from its first event on. */
export interface ResponseHead {
  segment: ResponseSegment;
  conversationId: string;
  createdAt: number;
  model: string;
  previousResponseId?: string | null | undefined;
  isBackground?: boolean | undefined;
}

/** `resp_<turn>`, and for the response after calls that the program has run `resp_<turn>_<number of the model call>`. */
export const responseIdOf = ({ turnId, afterCall }: ResponseSegment): string =>
  `resp_${turnId.replaceAll("-", "")}${afterCall === undefined ? "" : `_${afterCall}`}`;

/** Returns the segment that an id names, or undefined if no response of ours can have this id. */
export function segmentOf(responseId: string): ResponseSegment | undefined {
  const match =
    /^resp_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})(?:_(\d{1,6}))?$/.exec(
      responseId,
    );
  if (!match) return undefined;
  const afterCall = match[6];
  return {
    turnId: match.slice(1, 6).join("-"),
    ...(afterCall !== undefined && { afterCall: Number(afterCall) }),
  };
}

/** Returns a response with the fields that clients require, and those whose value never differs here. */
export function responseObject(
  head: ResponseHead,
  { status, output, ...rest }: Pick<ResponseObject, "status" | "output"> & Partial<ResponseObject>,
): ResponseObject {
  return {
    id: responseIdOf(head.segment),
    object: "response",
    created_at: head.createdAt,
    completed_at: null,
    status,
    background: head.isBackground ?? false,
    conversation: { id: head.conversationId },
    error: null,
    incomplete_details: null,
    model: head.model,
    output,
    previous_response_id: head.previousResponseId ?? null,
    usage: null,
    ...unchanging,
    ...rest,
  };
}

/** Open Responses requires each of these fields. */
const unchanging = {
  ...{ instructions: null, tools: [], tool_choice: "auto", parallel_tool_calls: true },
  ...{ max_output_tokens: null, max_tool_calls: null, truncation: "disabled" },
  ...{ temperature: 1, top_p: 1, presence_penalty: 0, frequency_penalty: 0, top_logprobs: 0 },
  ...{ text: { format: { type: "text" } }, reasoning: { effort: null, summary: null } },
  ...{ store: true, service_tier: "default", metadata: {}, user: null },
  ...{ safety_identifier: null, prompt_cache_key: null },
};

export function responseUsageOf(usage: Usage | null): { usage?: ResponseUsage } {
  if (!usage || usage.input_tokens === null || usage.output_tokens === null) return {};
  const cached = usage.cache_read_tokens ?? 0;
  const input = usage.input_tokens + cached + (usage.cache_write_tokens ?? 0);
  return {
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: cached },
      output_tokens: usage.output_tokens,
      output_tokens_details: { reasoning_tokens: 0 },
      total_tokens: input + usage.output_tokens,
    },
  };
}

/** A turn's tokens are counted once, in its last response. */
export const noUsage = {
  usage: {
    input_tokens: 0,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 0,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 0,
  },
} satisfies { usage: ResponseUsage };

/** Returns a turn's response as `GET /v1/responses/{id}` shows it. */
export function responseOfTurn(head: ResponseHead, turn: TurnState): ResponseObject {
  const { segment } = head;
  const parts = answerParts(turn.result ?? turn.partial ?? "", turn.tools);
  const hasEnded = endedByCalls(segment, turn, parts);
  const output = outputOf(parts, segment, hasEnded || turn.finished_at !== null);
  if (hasEnded) return responseObject(head, { status: "completed", output, ...noUsage });
  const known = { ...head, model: turn.model ?? head.model };
  switch (turn.status) {
    case "queued":
      return responseObject(known, { status: "queued", output });
    case "running":
    case "waiting":
      return responseObject(known, { status: "in_progress", output });
    case "done":
      return responseObject(known, {
        ...{ status: "completed", output, completed_at: secondsOf(turn.finished_at) },
        ...responseUsageOf(turn.usage),
      });
    case "stopped":
      return responseObject(known, { status: "cancelled", output, ...responseUsageOf(turn.usage) });
    case "failed": {
      const { type = "internal_error", detail = "The answer failed." } = turn.error ?? {};
      return responseObject(known, {
        ...{ status: "failed", output, error: { code: type, message: detail } },
        ...responseUsageOf(turn.usage),
      });
    }
  }
}

const secondsOf = (time: string | null): number | null =>
  time === null ? null : Math.floor(Date.parse(time) / 1_000);

/** Whether the response has ended with calls that the program runs, whatever has become of the turn. */
export function endedByCalls(
  segment: ResponseSegment,
  { status, tools }: TurnState,
  parts: readonly AnswerPart[],
): boolean {
  if (isBehind(segment, parts)) return true;
  const waiting = tools.filter(({ state }) => state === "waiting");
  // A person must decide about another call of the same answer first, or beside the program.
  return status === "waiting" && waiting.length > 0 && waiting.every(({ client }) => client);
}

/** Returns why a stream ends before its answer does. */
export const brokenAnswer = (type: string, detail: string): OpenAiProblem => ({
  ...{ type, status: 500, detail },
});

export const barredAnswer = brokenAnswer(
  "approval_required",
  "An earlier message of this conversation waits for a decision. This one is answered after that decision.",
);

export const approvalRequired = (calls: readonly ToolCall[]): OpenAiProblem =>
  brokenAnswer("approval_required", approvalSentence(calls));

/** Says for which of the calls a person must decide. */
export function approvalSentence(calls: readonly ToolCall[]): string {
  const names = calls.filter(({ client }) => !client).map(({ name }) => name);
  return `A person must decide about a call of ${names.join(", ")}. Decide in the page or with POST /api/v1/chat/decision, then get the answer.`;
}
