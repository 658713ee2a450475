import { suggestionMarks } from "#lib/agent/history/split-suggestions.ts";
import { type AnswerEvent, textEvents } from "#local/bedrock/answer.ts";
import type { ConverseRequest } from "#local/bedrock/converse-request.ts";
import type { Question } from "./skill.ts";
import { tries } from "./skills/introduction.ts";

const maxSuggestions = 3;

/** Returns the end of an answer: what the person can try next, and has not sent yet, if the system prompt allows it. */
export function suggestNext({ system }: ConverseRequest, question: Question): AnswerEvent[] {
  const mayHaveSuggestions = system.some(
    (block) => "text" in block && block.text.includes(suggestionMarks.opening),
  );
  if (!mayHaveSuggestions) return [];
  const sent = new Set(question.messages);
  const lines = tries(question).filter((line) => !sent.has(line));
  const list = lines.slice(0, maxSuggestions).join("\n");
  return list === ""
    ? []
    : textEvents(`\n\n${suggestionMarks.opening}\n${list}\n${suggestionMarks.closing}`);
}
