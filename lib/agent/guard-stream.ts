import type { ConverseStreamOutput } from "@aws-sdk/client-bedrock-runtime";

/** The answer broke off, or cannot be right as it is. Asking again may bring a whole one. */
export class AnswerIncomplete extends Error {
  override readonly name = "AnswerIncomplete";
}

/** The model ran out of output tokens in the middle of a tool call. Asking again would end the same way. */
export class ToolCallTooLong extends Error {
  override readonly name = "ToolCallTooLong";
}

/**
 * Passes on the events of ConverseStream and throws where a half answer would otherwise be taken for a
 * whole one: LangChain repairs cut tool arguments and runs them, and does not miss a lost `messageStop`.
 * Citations are left out, LangChain throws on them.
 * @throws AnswerIncomplete, ToolCallTooLong, or the error that Bedrock put into the stream
 */
export async function* guardStream(
  stream: AsyncIterable<ConverseStreamOutput>,
): AsyncGenerator<ConverseStreamOutput> {
  const toolInputs = new Map<number | undefined, string>();
  let stopReason: string | undefined;
  for await (const event of withTransportErrors(stream)) {
    const { contentBlockStart, contentBlockDelta, messageStop } = event;
    if (contentBlockStart?.start?.toolUse) toolInputs.set(contentBlockStart.contentBlockIndex, "");
    if (contentBlockStart && !contentBlockStart.start?.toolUse) continue;
    if (contentBlockDelta?.delta?.citation) continue;
    if (contentBlockDelta?.delta?.toolUse) {
      const { contentBlockIndex, delta } = contentBlockDelta;
      const input = toolInputs.get(contentBlockIndex) ?? "";
      toolInputs.set(contentBlockIndex, input + (delta.toolUse.input ?? ""));
    }
    if (messageStop) {
      stopReason = messageStop.stopReason;
      checkEnd(stopReason, [...toolInputs.values()]);
    }
    yield event;
  }
  if (stopReason === undefined) throw new AnswerIncomplete("The answer ended without messageStop.");
}

function checkEnd(stopReason: string | undefined, toolInputs: string[]): void {
  if (stopReason === "max_tokens" && toolInputs.length > 0) {
    throw new ToolCallTooLong("The output tokens ended in a tool call.");
  }
  if (stopReason?.startsWith("malformed_")) {
    throw new AnswerIncomplete(`The answer ended with ${stopReason}.`);
  }
  if (!toolInputs.every((input) => input === "" || isJsonObject(input))) {
    throw new AnswerIncomplete("The arguments of a tool call are not a JSON object.");
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch (error) {
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Errors that Bedrock wrote into the stream have a `$fault`; every other one is a connection that was lost. */
async function* withTransportErrors<Event>(stream: AsyncIterable<Event>): AsyncGenerator<Event> {
  try {
    yield* stream;
  } catch (cause) {
    if (cause instanceof Error && "$fault" in cause) throw cause;
    throw new AnswerIncomplete("The connection was lost within the answer.", { cause });
  }
}
