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
  /** Not included in `inputTokens`. */
  cacheReadInputTokens?: number;
  cacheWriteInputTokens?: number;
}

/** One event of a model's answer. An answer without `stop` broke off. */
export type AnswerEvent =
  | { type: "text"; text: string }
  | { type: "reasoning"; text: string }
  /** Ends a block of reasoning. The next request must return the signature unchanged. */
  | { type: "signature"; signature: string }
  /** A block of encrypted reasoning, in base64. */
  | { type: "redacted"; data: string }
  | { type: "citation"; title: string }
  /** Begins a tool call. The following `tool_input` events contain its arguments as JSON text. */
  | { type: "tool"; id: string; name: string }
  | { type: "tool_input"; json: string }
  /** Kills the process that called the model, if the twin runs that. No client is sent this event. */
  | { type: "crash" }
  /** Without `usage` the server estimates it. Null suppresses the `metadata` event. */
  | { type: "stop"; reason: StopReason; usage?: TokenCount | null };

export interface ModelCall {
  modelId: string;
  request: ConverseRequest;
  /** How often a `crash` has killed the caller of a request with these messages, and no later request has been told. */
  crashes?: number;
  /** Aborted when the client leaves or the server closes. */
  signal: AbortSignal;
}

export type Answer = Iterable<AnswerEvent> | AsyncIterable<AnswerEvent>;

/** Returns the answer to a validated request. May throw BedrockError at any point. */
export type LanguageModel = (call: ModelCall) => Answer;

/** Whether a reader sees this event arrive. A pace delays deltas, and a script counts them. */
export function isDelta(event: AnswerEvent): boolean {
  return event.type !== "tool" && event.type !== "stop" && event.type !== "crash";
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
