import { HumanMessage, SystemMessage } from "@langchain/core/messages";
import type { CallCost } from "#lib/agent/agent-event.ts";
import { isBlank } from "#lib/agent/history/message-content.ts";
import type { Purse } from "#lib/budget/purse.ts";
import type { CallModel } from "./call-model.ts";

interface CallBesideTurn {
  /** The system prompt. */
  prompt: string;
  /** Text that the model must not follow: JSON, so that no text can end the data and start an instruction. */
  data: string;
  /** Other reasons to stop make the text useless. */
  usableStopReasons: ReadonlySet<string>;
  signal: AbortSignal;
  /** Pays for each attempt. */
  purse: Purse;
}

/** What the model wrote for the system, and not for the person. */
export interface WrittenBesideTurn {
  text: string;
  model: string;
  /** The cost of each attempt. */
  costs: CallCost[];
}

/**
 * Lets the model write one text that is no part of the thread. Nobody sees the text arrive.
 * @throws ModelFailure, BudgetExhausted, the signal's reason, or Error if the model wrote no usable text
 */
export async function callBesideTurn(
  callModel: CallModel,
  { prompt, data, usableStopReasons, signal, purse }: CallBesideTurn,
): Promise<WrittenBesideTurn> {
  const costs: CallCost[] = [];
  const answer = await callModel({
    messagesFor: () => [new SystemMessage(prompt), new HumanMessage(data)],
    modelId: undefined,
    textBefore: "",
    signal,
    purse,
    emit: (event) => {
      if (event.type === "broken_call") costs.push(event);
    },
  });
  const { modelId: model, text, stopReason, tokens, costUsd } = answer;
  if (isBlank(text) || !usableStopReasons.has(stopReason ?? "")) {
    throw new Error(`The model wrote no usable text; it stopped with ${stopReason}.`);
  }
  costs.push({ tokens, costUsd });
  return { text: text.trim(), model, costs };
}
