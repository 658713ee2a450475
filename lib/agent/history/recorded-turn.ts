import { AIMessage, type BaseMessage, HumanMessage, ToolMessage } from "@langchain/core/messages";
import type { ToolCall } from "#lib/contract/chat.ts";
import { toConverseName } from "./converse-name.ts";
import { isBlank } from "./message-content.ts";
import { toStorableArguments } from "./storable-arguments.ts";

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
  status: "success" | "error";
  output: string;
}

/** Returns no call that had no effect and no result: a waiting call never ran, and a running one was interrupted. */
function endedCall({ id, name, input, effect, state, output, approval }: ToolCall): EndedCall[] {
  const call = { id: toConverseName(id), name, input };
  switch (state) {
    case "done":
      return [{ ...call, status: "success", output: output ?? noOutput }];
    case "failed":
      return [{ ...call, status: "error", output: output ?? noOutput }];
    case "denied":
      return [{ ...call, status: "error", output: output ?? deniedOutput(approval?.note) }];
    case "unknown":
      return [{ ...call, status: "error", output: unknownOutput }];
    case "running":
      // The runner died between the claim of the effect and its end.
      return effect === "write" ? [{ ...call, status: "error", output: unknownOutput }] : [];
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
    ...calls.map(
      ({ id, name, status, output }) =>
        new ToolMessage({
          ...{ id: `${turnId}:t:${id}`, tool_call_id: id },
          ...{ name, status, content: output },
        }),
    ),
  ];
}

const noOutput = "(no output)";
const unknownOutput =
  "It is unknown whether this call took effect. Do not call it again unless the person asks.";
const deniedOutput = (note = ""): string =>
  note === "" ? "The person refused this call." : `The person refused this call: ${note}`;

const isObject = (input: unknown): input is Record<string, unknown> =>
  typeof input === "object" && input !== null && !Array.isArray(input);
