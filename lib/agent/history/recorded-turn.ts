import { AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { EndedTurn } from "#lib/conversations/turn-lease.ts";
import { isJsonObject } from "#lib/platform/json.ts";
import { cutForModel } from "#lib/tools/gate/cut-output.ts";
import { deniedResult, failedResult, unknownResult } from "#lib/tools/gate/outcomes.ts";
import { modelName } from "#lib/tools/model-name.ts";
import { toConverseName } from "./converse-name.ts";
import { isBlank } from "./message-content.ts";
import { toStorableArguments } from "./storable-arguments.ts";
import { type ResultForModel, toolMessage } from "./tool-message.ts";

/**
 * Returns the messages by which the model later knows the turn: the message, one answer with all its calls, their results,
 * and the text. Without the calls the model would repeat effects that have happened.
 */
export function recordedTurn({ id, message, text, tools }: EndedTurn): BaseMessage[] {
  return [
    new HumanMessage({ id, content: message }),
    ...(tools.length > 0 ? callMessages(id, tools) : []),
    new AIMessage({ id: `${id}:a`, content: isBlank(text) ? "(stopped)" : text }),
  ];
}

function callMessages(turnId: string, tools: readonly ToolCall[]): BaseMessage[] {
  const calls = tools.map((tool) => ({
    ...tool,
    id: toConverseName(tool.id),
    name: tool.client ? modelName(tool.name) : tool.name,
  }));
  return [
    new AIMessage({
      id: `${turnId}:m1`,
      content: "",
      tool_calls: calls.map(({ id, name, input }) => ({
        ...{ type: "tool_call", id, name },
        args: toStorableArguments(isJsonObject(input) ? input : {}),
      })),
    }),
    ...calls.map((call) => toolMessage(turnId, call, resultOf(call))),
  ];
}

function resultOf({ effect, state, output, approval }: ToolCall): ResultForModel {
  switch (state) {
    case "done":
      return { state, output: cutForModel(output ?? ""), isOwnWords: false };
    case "failed":
      return output === undefined
        ? withoutResult
        : { state, output: cutForModel(output), isOwnWords: false };
    case "denied":
      return output === undefined
        ? deniedResult(approval?.note)
        : { state, output, isOwnWords: true };
    case "unknown":
      return unknownResult;
    case "running":
      // The runner died between the claim of the effect and its end.
      return effect === "write" ? unknownResult : withoutResult;
    case "waiting":
      return withoutResult;
  }
}

const withoutResult = failedResult("The turn ended before this call did anything.");
