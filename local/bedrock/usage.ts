import type { AnswerEvent, TokenCount } from "./answer.ts";
import type { ConverseRequest } from "./converse-request.ts";

/** Four characters of English are about one token. The estimate is good enough for a model that costs nothing. */
const charactersPerToken = 4;

/** Estimates the tokens of a call whose model did not count them. */
export function estimateUsage(request: ConverseRequest, answer: AnswerEvent[]): TokenCount {
  const { messages, system, toolConfig } = request;
  return {
    inputTokens: tokens(JSON.stringify({ messages, system, toolConfig }).length),
    outputTokens: tokens(answer.reduce((sum, event) => sum + writtenLength(event), 0)),
  };
}

function writtenLength(event: AnswerEvent): number {
  switch (event.type) {
    case "text":
    case "reasoning":
      return event.text.length;
    case "tool":
      return event.name.length;
    case "tool_input":
      return event.json.length;
    default:
      return 0;
  }
}

function tokens(characters: number): number {
  return Math.ceil(characters / charactersPerToken);
}
