import type { ConverseRequest } from "./converse-request.ts";

export type StopReason =
  | "end_turn"
  | "tool_use"
  | "max_tokens"
  | "stop_sequence"
  | "guardrail_intervened"
  | "content_filtered"
  | "malformed_model_output"
  | "malformed_tool_use"
  | "model_context_window_exceeded";

export interface TokenCount {
  inputTokens: number;
  outputTokens: number;
  /** Not among `inputTokens`. */
  cacheReadInputTokens?: number;
  cacheWriteInputTokens?: number;
}

/** What a model says, piece by piece. An answer that ends without `stop` is one that broke off. */
export type AnswerEvent =
  | { type: "text"; text: string }
  | { type: "reasoning"; text: string }
  /** Ends a run of reasoning; the model wants it back unchanged with the next request. */
  | { type: "signature"; signature: string }
  /** Thinking that only its model can read, a block of its own; base64. */
  | { type: "redacted"; data: string }
  | { type: "citation"; title: string }
  /** Begins a tool call; the `tool_input` pieces that follow are its arguments as JSON text. */
  | { type: "tool"; id: string; name: string }
  | { type: "tool_input"; json: string }
  /** Without `usage` the server estimates it; null is an answer without a `metadata` event. */
  | { type: "stop"; reason: StopReason; usage?: TokenCount | null };

export interface ModelCall {
  modelId: string;
  request: ConverseRequest;
  /** Aborted when the client has left or the server closes. */
  signal: AbortSignal;
}

export type Answer = Iterable<AnswerEvent> | AsyncIterable<AnswerEvent>;

/** A model: answers a validated request. It may throw a BedrockError at any point. */
export type AnswerSource = (call: ModelCall) => Answer;

/** Pieces that a reader sees arrive one by one: what a pace delays and a fault counts. */
export function isDelta(event: AnswerEvent): boolean {
  return event.type !== "tool" && event.type !== "stop";
}

/** One event for each word, about one token each. Their texts joined are the whole text. */
export function textEvents(text: string): AnswerEvent[] {
  const words = text.match(/\s*\S+|\s+$/g) ?? [];
  return words.map((word) => ({ type: "text", text: word }));
}

/** The events of one tool call. The arguments, complete or cut JSON, come in two pieces. */
export function toolCallEvents(id: string, name: string, json: string): AnswerEvent[] {
  const middle = Math.ceil(json.length / 2);
  return [
    { type: "tool", id, name },
    { type: "tool_input", json: json.slice(0, middle) },
    { type: "tool_input", json: json.slice(middle) },
  ];
}
