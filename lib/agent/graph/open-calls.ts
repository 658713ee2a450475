import type { BaseMessage, ToolMessage } from "@langchain/core/messages";
import type { ThreadSummary } from "#lib/agent/history/thread-summary.ts";
import { toolMessage } from "#lib/agent/history/tool-message.ts";
import type { Gate } from "#lib/tools/gate/gate.ts";
import type { ToolResult } from "#lib/tools/gate/outcomes.ts";
import type { PlannedCall } from "#lib/tools/gate/planned-call.ts";
import { conversationOf } from "./conversation-of.ts";
import type { CurrentTurn } from "./current-turn.ts";

/**
 * Returns what the gate decides about the calls of the turn's last answer. A call's id is `<turn>.<ordinal of the model call,
 * from 1>.<index, from 0>`, because models repeat their own ids.
 */
export function planOpenCalls(
  { gate, summary }: { gate: Gate; summary: ThreadSummary | undefined },
  turn: CurrentTurn,
  thread: readonly BaseMessage[],
): PlannedCall[] {
  const calls = turn.openCalls.map(({ name, args }, index) => ({
    ...{ id: `${turn.id}.${turn.modelCalls}.${index}`, name, input: args },
  }));
  return gate.plan(calls, turn.toolResults, () => conversationOf(thread, summary));
}

/** Returns the results of the turn's open calls as messages. The messages keep the ids of the model. */
export function toolMessages(turn: CurrentTurn, results: readonly ToolResult[]): ToolMessage[] {
  return turn.openCalls.flatMap(({ id = "", name }, index) => {
    const result = results[index];
    return result ? [toolMessage(turn.id, { id, name }, result)] : [];
  });
}
