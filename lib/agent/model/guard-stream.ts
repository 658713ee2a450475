import type {
  ContentBlockDelta,
  ContentBlockStart,
  ConverseStreamOutput,
  ReasoningContentBlockDelta,
} from "@aws-sdk/client-bedrock-runtime";
import { toArgumentsObject } from "#lib/tools/tool-arguments.ts";
import { toWireError } from "./wire-error.ts";

/** The answer broke off or is malformed. Another attempt may bring a complete answer. */
export class AnswerIncomplete extends Error {
  override readonly name = "AnswerIncomplete";
}

/** The model ran out of output tokens inside a tool call. Another attempt would end the same way. */
export class ToolCallTooLong extends Error {
  override readonly name = "ToolCallTooLong";
}

/**
 * Yields the ConverseStream events that this system understands, and throws if the answer is incomplete. Without this
 * guard, LangChain (@langchain/aws 1.4.5) would throw on every unknown kind of content, repair cut tool arguments and
 * run them, join two tool calls of one index, drop a call without a name, and accept an answer without `messageStop`.
 *
 * Yields the arguments of a tool call in one piece before `messageStop`, always as a JSON object. Until then the call's
 * events are yielded empty, so that the idle timeout sees that the model is writing.
 *
 * @throws AnswerIncomplete, ToolCallTooLong, or WireError
 */
export async function* guardStream(
  stream: AsyncIterable<ConverseStreamOutput>,
): AsyncGenerator<ConverseStreamOutput> {
  const calls = createToolCalls();
  let stopReason: string | undefined;
  let failure: Error | undefined;
  try {
    for await (const event of stream) {
      const { contentBlockStart, contentBlockDelta, messageStop } = event;
      if (contentBlockStart) {
        const { start, contentBlockIndex } = contentBlockStart;
        if (start?.toolUse) yield* calls.open(start.toolUse, contentBlockIndex);
      } else if (contentBlockDelta) {
        const { delta, contentBlockIndex } = contentBlockDelta;
        if (delta?.toolUse) yield* calls.write(delta.toolUse.input ?? "", contentBlockIndex);
        else if (delta && isUnderstood(delta)) yield event;
      } else if (messageStop) {
        stopReason = messageStop.stopReason ?? "";
        // Thrown at the end, because the next event counts the tokens, which are billed anyway.
        failure = calls.failureOf(stopReason);
        if (!failure) yield* calls.close();
        yield event;
      } else if (event.messageStart || event.contentBlockStop || event.metadata) {
        yield event;
      }
    }
  } catch (error) {
    if (error instanceof AnswerIncomplete) throw error;
    // After messageStop only the token count is lost.
    if (stopReason === undefined) throw toWireError(error);
  }
  if (stopReason === undefined) throw new AnswerIncomplete("The answer ended without messageStop.");
  if (failure) throw failure;
}

/** What this system does with each kind of content. A new kind of the SDK is a compile error here. */
type Handling = "yielded" | "dropped";
export const deltaKinds: Record<MemberOf<ContentBlockDelta>, Handling> = {
  text: "yielded",
  toolUse: "yielded",
  reasoningContent: "yielded",
  citation: "dropped",
  image: "dropped",
  toolResult: "dropped",
};
export const startKinds: Record<MemberOf<ContentBlockStart>, Handling> = {
  toolUse: "yielded",
  image: "dropped",
  toolResult: "dropped",
};
export const reasoningKinds: Record<MemberOf<ReasoningContentBlockDelta>, Handling> = {
  text: "yielded",
  signature: "yielded",
  redactedContent: "yielded",
};

/** The names of a union's members, without the SDK's `$unknown`. */
type MemberOf<Union> = Exclude<Union extends unknown ? keyof Union : never, "$unknown">;

function isUnderstood({ text, reasoningContent }: ContentBlockDelta): boolean {
  if (typeof text === "string") return true;
  if (reasoningContent === undefined) return false;
  const { text: thought, signature, redactedContent } = reasoningContent;
  return (
    typeof thought === "string" ||
    typeof signature === "string" ||
    redactedContent instanceof Uint8Array
  );
}

type ToolUseStart = NonNullable<ContentBlockStart["toolUse"]>;

/** The tool calls of one answer. Each call gets its own index, because some hosts use one index twice. */
function createToolCalls() {
  const inputs: string[] = [];
  /** The call that a host's index refers to. A second start with the same index starts another call. */
  const current = new Map<number | undefined, number | "of the host">();

  return {
    *open(toolUse: ToolUseStart, hostIndex: number | undefined): Generator<ConverseStreamOutput> {
      // A call with a type runs at the model's host, which sends the result in the same answer.
      if (toolUse.type !== undefined) return void current.set(hostIndex, "of the host");
      if (!toolUse.name) throw new AnswerIncomplete("A tool call has no name.");
      const contentBlockIndex = inputs.push("") - 1;
      current.set(hostIndex, contentBlockIndex);
      yield { contentBlockStart: { contentBlockIndex, start: { toolUse } } };
    },

    *write(piece: string, hostIndex: number | undefined): Generator<ConverseStreamOutput> {
      const index = current.get(hostIndex);
      if (index === undefined) throw new AnswerIncomplete("The start of a tool call is missing.");
      if (index === "of the host") return;
      inputs[index] += piece;
      yield argumentsEvent(index, "");
    },

    failureOf(stopReason: string): Error | undefined {
      if (outOfTokens.has(stopReason) && inputs.length > 0) {
        return new ToolCallTooLong("The output tokens ended in a tool call.");
      }
      if (stopReason.startsWith("malformed_")) {
        return new AnswerIncomplete(`The answer ended with ${stopReason}.`);
      }
      if (stopReason === "tool_use" && inputs.length === 0) {
        return new AnswerIncomplete("The answer stopped for a tool call, but has none.");
      }
      return undefined;
    },

    *close(): Generator<ConverseStreamOutput> {
      for (const [index, input] of inputs.entries()) {
        yield argumentsEvent(index, JSON.stringify(toArgumentsObject(input)));
      }
    },
  };
}

const outOfTokens = new Set(["max_tokens", "model_context_window_exceeded"]);

const argumentsEvent = (contentBlockIndex: number, input: string): ConverseStreamOutput => ({
  contentBlockDelta: { contentBlockIndex, delta: { toolUse: { input } } },
});
