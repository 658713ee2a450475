import { type BaseMessage, ToolMessage } from "@langchain/core/messages";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { runTool } from "#lib/tools/run-tool.ts";
import type { Tool } from "#lib/tools/tool.ts";
import { currentTurn } from "./current-turn.ts";

/** At 8 KB per result this keeps a turn below 130 KB, however many calls the model makes. */
const maxToolCalls = 16;

interface ToolStepParts {
  tools: readonly Tool[];
  telemetry: Telemetry;
  /** Aborts when the turn must end. */
  signal: AbortSignal;
  emit: (event: AgentEvent) => void;
}

/** Runs the tool calls of the last answer in parallel and returns their results in the order of the calls. */
export async function takeToolStep(
  { tools, telemetry, signal, emit }: ToolStepParts,
  thread: BaseMessage[],
): Promise<ToolMessage[]> {
  const turn = currentTurn(thread);
  const runParts = {
    ...{ tools, telemetry, signal },
    onChange: (tool: ToolCall) => emit({ type: "tool", tool }),
  };
  return Promise.all(
    turn.openCalls.map(async ({ id = "", name, args }, index) => {
      const isTooMany = turn.toolResults + index >= maxToolCalls;
      const { state, output } = isTooMany
        ? tooManyCalls
        : await runTool(runParts, { id, name, input: args });
      return new ToolMessage({
        id: `${turn.id}:t:${id}`,
        tool_call_id: id,
        name,
        status: state === "done" ? "success" : "error",
        content: output,
      });
    }),
  );
}

const tooManyCalls = {
  state: "failed",
  output: `Error: one turn may use at most ${maxToolCalls} tool calls. Answer with what you have.`,
} as const;
