import type { ToolCall } from "@langchain/core/messages";
import { toArgumentsObject } from "#lib/tools/tool-arguments.ts";
import type { ToolUseStart } from "./converse-event.ts";

/** The answer broke off or is malformed. Another attempt may bring a complete answer. */
export class AnswerIncomplete extends Error {
  override readonly name = "AnswerIncomplete";
}

/** The model ran out of output tokens inside a tool call. Another attempt would end the same way. */
export class ToolCallTooLong extends Error {
  override readonly name = "ToolCallTooLong";
}

/** Collects the tool calls of one answer from their pieces. */
export function createToolCallReader() {
  const calls: { id: string; name: string; json: string }[] = [];
  /** The call that a host's index refers to. Some hosts use one index for two calls, one after the other. */
  const open = new Map<number | undefined, { json: string } | "of the host">();

  return {
    /**
     * Returns whether a call starts that this system must run.
     * @throws AnswerIncomplete if the call has no name
     */
    start({ toolUseId: id = "", name, type }: ToolUseStart, index: number | undefined): boolean {
      if (type !== undefined) {
        open.set(index, "of the host");
        return false;
      }
      if (!name) throw new AnswerIncomplete("A tool call has no name.");
      const call = { id, name, json: "" };
      calls.push(call);
      open.set(index, call);
      return true;
    },

    /** @throws AnswerIncomplete if the call has not started */
    write(piece: string, index: number | undefined): void {
      const call = open.get(index);
      if (call === undefined) throw new AnswerIncomplete("The start of a tool call is missing.");
      if (call !== "of the host") call.json += piece;
    },

    /**
     * Returns the calls of an answer that has stopped for this reason.
     * @throws AnswerIncomplete or ToolCallTooLong if a call may be cut
     */
    end(stopReason: string): ToolCall[] {
      if (outOfTokens.has(stopReason) && calls.length > 0) {
        throw new ToolCallTooLong("The output tokens ended in a tool call.");
      }
      if (stopReason.startsWith("malformed_")) {
        throw new AnswerIncomplete(`The answer ended with ${stopReason}.`);
      }
      if (stopReason === "tool_use" && calls.length === 0) {
        throw new AnswerIncomplete("The answer stopped for a tool call, but has none.");
      }
      return calls.map(({ id, name, json }) => ({
        ...{ type: "tool_call", id, name },
        args: toArgumentsObject(json),
      }));
    },
  };
}

const outOfTokens = new Set(["max_tokens", "model_context_window_exceeded"]);
