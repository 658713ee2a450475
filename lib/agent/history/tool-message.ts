import { ToolMessage } from "@langchain/core/messages";
import type { ToolResult } from "#lib/tools/gate/outcomes.ts";
import { ownWordsField } from "./frame-tool-result.ts";

/** The part of a result that the model reads. */
export type ResultForModel = Pick<ToolResult, "state" | "output" | "isOwnWords">;

/** Returns the message that holds the result of a call. Its id is the id that the model, or its record, gave the call. */
export function toolMessage(
  turnId: string,
  call: { id: string; name: string },
  { state, output, isOwnWords }: ResultForModel,
): ToolMessage {
  return new ToolMessage({
    id: `${turnId}:t:${call.id}`,
    tool_call_id: call.id,
    name: call.name,
    status: state === "done" ? "success" : "error",
    content: output,
    ...(isOwnWords && { additional_kwargs: ownWordsField }),
  });
}
