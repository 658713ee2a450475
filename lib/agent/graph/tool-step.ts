import { type BaseMessage, ToolMessage } from "@langchain/core/messages";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import { ownWordsField } from "#lib/agent/history/frame-tool-result.ts";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import type { PolicyRule } from "#lib/platform/tool-policy.ts";
import { createGate } from "#lib/tools/gate/gate.ts";
import type { Tool } from "#lib/tools/tool.ts";
import { currentTurn } from "./current-turn.ts";

interface ToolStepParts {
  tools: readonly Tool[];
  toolPolicy: readonly PolicyRule[];
  telemetry: Telemetry;
  /** Aborts when the turn must end. */
  signal: AbortSignal;
  emit: (event: AgentEvent) => void;
}

/** Runs the tool calls of the last answer in parallel and returns their results in the order of the calls. */
export async function takeToolStep(
  { tools, toolPolicy, telemetry, signal, emit }: ToolStepParts,
  thread: BaseMessage[],
): Promise<ToolMessage[]> {
  const turn = currentTurn(thread);
  const gate = createGate({ tools, policy: toolPolicy, telemetry });
  const calls = turn.openCalls.map(({ id = "", name, args }) => ({ id, name, input: args }));
  const context = {
    signal,
    owner: "",
    conversationId: "",
    onChange: (tool: ToolCall) => emit({ type: "tool", tool }),
  };
  return Promise.all(
    gate.plan(calls, turn.toolResults).map(async (call) => {
      const needsReceipt = call.verdict === "ask" || call.verdict === "effect";
      const result = needsReceipt ? notYet : await gate.run(call, context);
      const { state, output, isOwnWords } = result;
      return new ToolMessage({
        id: `${turn.id}:t:${call.id}`,
        tool_call_id: call.id,
        name: call.name,
        status: state === "done" ? "success" : "error",
        content: output,
        ...(isOwnWords && { additional_kwargs: ownWordsField }),
      });
    }),
  );
}

const notYet = {
  state: "failed",
  output: "A person must approve this call first.",
  isOwnWords: true,
} as const;
