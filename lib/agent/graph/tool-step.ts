import { ToolMessage } from "@langchain/core/messages";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { runTool } from "#lib/tools/run-tool.ts";
import type { Tool } from "#lib/tools/tool.ts";
import { currentTurn } from "./current-turn.ts";
import type { Step } from "./step.ts";

/** With 8 KB a result this keeps a turn below 130 KB, whatever a model asks for. */
const maxToolCalls = 16;

export interface ToolStepParts {
  tools: readonly Tool[];
  telemetry: Telemetry;
}

/** Runs the calls of the last answer side by side and returns their results in the same order. */
export async function takeToolStep(parts: ToolStepParts, step: Step): Promise<ToolMessage[]> {
  const { messages, signal, emit } = step;
  const turn = currentTurn(messages);
  const onChange = (tool: ToolCall) => emit({ type: "tool", tool });

  return Promise.all(
    turn.openCalls.map(async ({ id = "", name, args }, index) => {
      const isTooMany = turn.toolResults + index >= maxToolCalls;
      const { state, output } = isTooMany
        ? tooManyCalls
        : await runTool({ ...parts, signal, onChange }, { id, name, input: args });
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
