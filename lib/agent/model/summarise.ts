import { HumanMessage, SystemMessage } from "@langchain/core/messages";
import type { Spending } from "#lib/agent/agent-event.ts";
import { summaryPrompt } from "#lib/agent/graph/prompt.ts";
import { isBlank } from "#lib/agent/history/message-content.ts";
import {
  type OldestTurns,
  type ThreadSummary,
  toTranscript,
} from "#lib/agent/history/thread-summary.ts";
import type { CallModel } from "./call-model.ts";
import { priceInUsd } from "./price.ts";

export interface WrittenSummary {
  summary: ThreadSummary;
  model: string;
  /** Of the call, and of tries that broke off. */
  spent: Spending[];
}

const wholeOrCut = new Set(["end_turn", "stop_sequence", "max_tokens"]);

/** One model call. @throws ModelFailure, the signal's reason, or Error for an answer that is no summary */
export async function summarise(
  callModel: CallModel,
  turns: OldestTurns,
  signal: AbortSignal,
): Promise<WrittenSummary> {
  const spent: Spending[] = [];
  const answer = await callModel({
    messagesFor: () => [new SystemMessage(summaryPrompt), new HumanMessage(toTranscript(turns))],
    modelId: undefined,
    textBefore: "",
    signal,
    emit: (event) => {
      if (event.type === "broken_call") spent.push(event);
    },
  });
  const { modelId: model, text, stopReason, tokens } = answer;
  // One that its length cut still holds more than none.
  if (isBlank(text) || !wholeOrCut.has(stopReason ?? "")) {
    throw new Error(`The model wrote no summary; it stopped with ${stopReason}.`);
  }
  spent.push({ tokens, costUsd: priceInUsd(model, tokens) });
  return { summary: { text: text.trim(), untilTurn: turns.untilTurn }, model, spent };
}
