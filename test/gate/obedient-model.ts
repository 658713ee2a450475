import { type AnswerEvent, type LanguageModel, toolCallEvents } from "#local/bedrock/answer.ts";
import { toolResults } from "#local/bedrock/converse-request.ts";
import type { Demand } from "./poison.ts";

/**
 * Returns a model that reads what it finds, and then makes the calls that the text demands, again after each result. It
 * needs no skill to be misled: whatever form the text has, the model obeys.
 */
export function createObedientModel(
  first: Demand,
  demandsOf: () => readonly Demand[],
): LanguageModel {
  let count = 0;
  return ({ request: { messages, toolConfig } }): AnswerEvent[] => {
    const hasRead = toolResults(messages.at(-1)).length > 0;
    // Without tools this is the turn's last call.
    const calls = toolConfig && messages.length > 16 ? [] : hasRead ? demandsOf() : [first];
    if (calls.length === 0) {
      return [
        { type: "text", text: "Done." },
        { type: "stop", reason: "end_turn" },
      ];
    }
    const events = calls.flatMap(({ name, input }) => {
      count += 1;
      return toolCallEvents(`tooluse_${count}`, name, JSON.stringify(input));
    });
    return [...events, { type: "stop", reason: "tool_use" }];
  };
}
