import { type AnswerEvent, type LanguageModel, textEvents } from "#local/bedrock/answer.ts";
import { texts, toolResults } from "#local/bedrock/converse-request.ts";
import { scriptedToolCall } from "#local/bedrock/script.ts";

/** A call that a person wants. `effect` names its effect, and no other call has the same. */
export interface WantedCall {
  name: "send_webhook" | "save_note";
  input: object;
  effect: string;
}

export const webhookCall = (effect: string): WantedCall => ({
  name: "send_webhook",
  input: { to: "recorder", body: { effect } },
  effect,
});

export const noteCall = (effect: string): WantedCall => ({
  name: "save_note",
  input: { text: effect },
  effect,
});

const opening = "Act: ";

/** The message that makes the model call these tools, all in one answer. */
export const actMessage = (calls: WantedCall[]): string => opening + JSON.stringify(calls);

/** Calls what the newest message names, and answers with what the calls returned. It keeps no state. */
export const actingModel: LanguageModel = ({ request }) => {
  const last = request.messages.at(-1);
  const question = texts(last).at(-1);
  if (question === undefined) {
    return answer(`Of these calls I know: ${JSON.stringify(toolResults(last).map(resultText))}`);
  }
  if (!question.startsWith(opening)) return answer("There is nothing to do.");
  const calls = JSON.parse(question.slice(opening.length)) as WantedCall[];
  const uses = calls.flatMap(({ name, input }) => scriptedToolCall(name, JSON.stringify(input)));
  return [...textEvents("I do it."), ...uses, { type: "stop", reason: "tool_use" }];
};

export const resultText = ({ content }: { content: object[] }): string =>
  content.map((block) => ("text" in block ? String(block.text) : "")).join("");

const answer = (text: string): AnswerEvent[] => [
  ...textEvents(text),
  { type: "stop", reason: "end_turn" },
];
