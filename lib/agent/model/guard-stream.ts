import type {
  ContentBlockDelta,
  ContentBlockStart,
  ConverseStreamOutput,
  ReasoningContentBlockDelta,
} from "@aws-sdk/client-bedrock-runtime";
import { toArgumentsObject } from "#lib/tools/tool-arguments.ts";
import { toWireError } from "./wire-error.ts";

/** The answer broke off, or cannot be right as it is. Asking again may bring a whole one. */
export class AnswerIncomplete extends Error {
  override readonly name = "AnswerIncomplete";
}

/** The model ran out of output tokens in the middle of a tool call. Asking again would end the same way. */
export class ToolCallTooLong extends Error {
  override readonly name = "ToolCallTooLong";
}

/**
 * Passes on the events of ConverseStream that this system understands, and throws where a half answer would otherwise
 * be taken for a whole one. LangChain (@langchain/aws 1.4.5) throws on every kind of content that it does not know,
 * repairs cut tool arguments and runs them, joins two tool calls of one index, drops a call without a name, and does
 * not miss a lost `messageStop`.
 *
 * The arguments of a tool call leave in one piece before `messageStop`, as a JSON object whatever the model wrote.
 * Until then its events are passed on empty, so that whoever waits sees that the model is writing.
 *
 * @throws AnswerIncomplete, ToolCallTooLong, or a WireError
 */
export async function* guardStream(
  stream: AsyncIterable<ConverseStreamOutput>,
): AsyncGenerator<ConverseStreamOutput> {
  const calls = createToolCalls();
  let stopReason: string | undefined;
  let fault: Error | undefined;
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
        // Thrown at the end: behind this event comes the count of the tokens, which are billed all the same.
        fault = calls.faultOf(stopReason);
        if (!fault) yield* calls.close();
        yield event;
      } else if (event.messageStart || event.contentBlockStop || event.metadata) {
        yield event;
      }
    }
  } catch (error) {
    if (error instanceof AnswerIncomplete) throw error;
    // Behind messageStop only the count of tokens is lost.
    if (stopReason === undefined) throw toWireError(error);
  }
  if (stopReason === undefined) throw new AnswerIncomplete("The answer ended without messageStop.");
  if (fault) throw fault;
}

/** Kinds of content by what this system does with them. The compiler asks for a new kind of the SDK's. */
type Handling = "passed" | "left out";
export const deltaKinds: Record<MemberOf<ContentBlockDelta>, Handling> = {
  text: "passed",
  toolUse: "passed",
  reasoningContent: "passed",
  citation: "left out",
  image: "left out",
  toolResult: "left out",
};
export const startKinds: Record<MemberOf<ContentBlockStart>, Handling> = {
  toolUse: "passed",
  image: "left out",
  toolResult: "left out",
};
export const reasoningKinds: Record<MemberOf<ReasoningContentBlockDelta>, Handling> = {
  text: "passed",
  signature: "passed",
  redactedContent: "passed",
};

/** The names of a union's members, without the one for what the SDK does not know. */
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

/** The tool calls of one answer, each with an index of its own whatever the model's host numbers them. */
function createToolCalls() {
  const inputs: string[] = [];
  /** The call that a host's index means now: a second start with the same index begins another call. */
  const current = new Map<number | undefined, number | "not ours">();

  return {
    *open(toolUse: ToolUseStart, hostIndex: number | undefined): Generator<ConverseStreamOutput> {
      // A call with a type is run by the model's host, which sends the result in the same answer.
      if (toolUse.type !== undefined) return void current.set(hostIndex, "not ours");
      if (!toolUse.name) throw new AnswerIncomplete("A tool call has no name.");
      const contentBlockIndex = inputs.push("") - 1;
      current.set(hostIndex, contentBlockIndex);
      yield { contentBlockStart: { contentBlockIndex, start: { toolUse } } };
    },

    *write(piece: string, hostIndex: number | undefined): Generator<ConverseStreamOutput> {
      const index = current.get(hostIndex);
      if (index === undefined) throw new AnswerIncomplete("The beginning of a tool call is lost.");
      if (index === "not ours") return;
      inputs[index] += piece;
      yield argumentsEvent(index, "");
    },

    faultOf(stopReason: string): Error | undefined {
      if (outOfTokens.has(stopReason) && inputs.length > 0) {
        return new ToolCallTooLong("The output tokens ended in a tool call.");
      }
      if (stopReason.startsWith("malformed_")) {
        return new AnswerIncomplete(`The answer ended with ${stopReason}.`);
      }
      if (stopReason === "tool_use" && inputs.length === 0) {
        return new AnswerIncomplete("The answer ended for a tool call, but there is none.");
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
