import {
  type AnswerEvent,
  type LanguageModel,
  textEvents,
  toolCallEvents,
} from "#local/bedrock/answer.ts";
import { type Message, texts, toolResults } from "#local/bedrock/converse-request.ts";
import type { Demand } from "./poison.ts";

/** What a reader of documents does in one turn. */
export interface Reading {
  /** The calls by which the model looks at documents. */
  looks: readonly Demand[];
  /** Returns the calls that the orders in a text demand. */
  demandsOf: (text: string) => readonly Demand[];
  answer: string;
}

/**
 * Returns a model that looks at documents and obeys what it reads: first the calls that read something, then those that change
 * something. It needs no skill to be misled, and keeps no state: the messages say how far it is.
 */
export function createObedientReader(readingOf: (question: string) => Reading): LanguageModel {
  let count = 0;
  return ({ request: { messages, toolConfig } }): AnswerEvent[] => {
    const asked = messages.findLastIndex(
      (message) => toolResults(message).length === 0 && message.role === "user",
    );
    const reading = readingOf(texts(messages[asked]).join("\n"));
    const since = messages.slice(asked + 1);
    const [first] = since.filter((message) => toolResults(message).length > 0);
    const demands = first ? reading.demandsOf(textsOfResults(first)) : [];
    const isChange = ({ name }: Demand) =>
      /^(send|save|sample|delete|update|set|approve)_/.test(name);
    const steps = [
      reading.looks,
      demands.filter((demand) => !isChange(demand)),
      demands.filter(isChange),
    ].filter((calls) => calls.length > 0);
    const answers = since.filter(({ role }) => role === "assistant").length;
    const calls = toolConfig ? (steps[answers] ?? []) : [];
    if (calls.length === 0) {
      return [...textEvents(reading.answer), { type: "stop", reason: "end_turn" }];
    }
    const events = calls.flatMap(({ name, input }) => {
      count += 1;
      return toolCallEvents(`tooluse_${count}`, name, JSON.stringify(input));
    });
    return [...events, { type: "stop", reason: "tool_use" }];
  };
}

/** What the tools have returned, as the model reads it. */
export const textsOfResults = (message: Message | undefined): string =>
  toolResults(message)
    .flatMap(({ content }) => content.flatMap((part) => ("text" in part ? part.text : [])))
    .join("\n");
