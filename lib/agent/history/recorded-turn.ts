import { AIMessage, type BaseMessage, HumanMessage } from "@langchain/core/messages";
import type { ToolCall } from "#lib/contract/chat.ts";
import { cutForModel } from "#lib/tools/gate/cut-output.ts";
import { deniedResult, type ToolResult, unknownResult } from "#lib/tools/gate/outcomes.ts";
import { toConverseName } from "./converse-name.ts";
import { isBlank } from "./message-content.ts";
import { toStorableArguments } from "./storable-arguments.ts";
import { toolMessage } from "./tool-message.ts";

/** A turn that ended without its own messages in the thread: a person stopped it, or it failed. */
export interface UnrecordedTurn {
  id: string;
  message: string;
  /** What the person saw of the answer. */
  text: string;
  tools: readonly ToolCall[];
}

/**
 * Returns the messages by which the model later knows the turn: the message, one answer with all calls that have ended, their
 * results, and the text. Without its calls the model would repeat effects that have happened.
 */
export function recordedTurn({ id, message, text, tools }: UnrecordedTurn): BaseMessage[] {
  const calls = tools.flatMap(endedCall);
  return [
    new HumanMessage({ id, content: message }),
    ...(calls.length > 0 ? callMessages(id, calls) : []),
    new AIMessage({ id: `${id}:a`, content: isBlank(text) ? "(stopped)" : text }),
  ];
}

interface EndedCall {
  /** As Converse accepts it. */
  id: string;
  name: string;
  input: unknown;
  result: Pick<ToolResult, "state" | "output" | "isOwnWords">;
}

/** Returns no call that had no effect and no result: a waiting call never ran, and a running one was interrupted. */
function endedCall({ id, name, input, effect, state, output, approval }: ToolCall): EndedCall[] {
  const call = { id: toConverseName(id), name, input };
  switch (state) {
    case "done":
    case "failed":
      return [{ ...call, result: { state, output: cutForModel(output ?? ""), isOwnWords: false } }];
    case "denied":
      return [
        {
          ...call,
          result: output ? { state, output, isOwnWords: true } : deniedResult(approval?.note),
        },
      ];
    case "unknown":
      return [{ ...call, result: unknownResult }];
    case "running":
      // The runner died between the claim of the effect and its end.
      return effect === "write" ? [{ ...call, result: unknownResult }] : [];
    case "waiting":
      return [];
  }
}

function callMessages(turnId: string, calls: EndedCall[]): BaseMessage[] {
  return [
    new AIMessage({
      id: `${turnId}:m1`,
      content: "",
      tool_calls: calls.map(({ id, name, input }) => ({
        ...{ type: "tool_call", id, name },
        args: toStorableArguments(isObject(input) ? input : {}),
      })),
    }),
    ...calls.map(({ id, name, result }) => toolMessage(turnId, { id, name }, result)),
  ];
}

const isObject = (input: unknown): input is Record<string, unknown> =>
  typeof input === "object" && input !== null && !Array.isArray(input);
