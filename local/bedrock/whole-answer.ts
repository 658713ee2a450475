import { BedrockError } from "./bedrock-error.ts";
import type { WireEvent } from "./wire-events.ts";

type Block =
  | { text: string }
  | { reasoningContent: { reasoningText: { text: string; signature?: string } } }
  | { reasoningContent: { redactedContent: string } }
  | { toolUse: { toolUseId: string; name: string; input: unknown } };

/** Returns the body of Converse, made of the events of ConverseStream. @throws BedrockError */
export async function toWholeAnswer(events: AsyncIterable<WireEvent>): Promise<object> {
  const content: Block[] = [];
  const toolInputs = new Map<number, string>();
  let stopReason: string | undefined;
  let metadata = {};

  for await (const { name, payload } of events) {
    if (name === "messageStop") stopReason = payload.stopReason;
    if (name === "metadata") metadata = payload;
    if (name === "contentBlockStart") {
      content[payload.contentBlockIndex] = { toolUse: { ...payload.start.toolUse, input: {} } };
    }
    if (name === "contentBlockDelta") {
      const { contentBlockIndex: index, delta } = payload;
      if ("toolUse" in delta) {
        toolInputs.set(index, (toolInputs.get(index) ?? "") + delta.toolUse.input);
      } else {
        const grown = grow(content[index], delta);
        if (grown) content[index] = grown;
      }
    }
  }
  if (stopReason === undefined) {
    throw new BedrockError("InternalServerException", "The model broke off its answer.");
  }
  for (const [index, json] of toolInputs) {
    const block = content[index];
    if (block && "toolUse" in block) block.toolUse.input = parseInput(json);
  }
  return {
    output: { message: { role: "assistant", content: content.filter(Boolean) } },
    stopReason,
    ...metadata,
  };
}

type Delta = Exclude<
  Extract<WireEvent, { name: "contentBlockDelta" }>["payload"]["delta"],
  { toolUse: unknown }
>;

function grow(block: Block | undefined, delta: Delta): Block | undefined {
  if ("text" in delta) {
    return { text: (block && "text" in block ? block.text : "") + delta.text };
  }
  if ("reasoningContent" in delta) {
    const piece = delta.reasoningContent;
    if ("redactedContent" in piece) return { reasoningContent: piece };
    const before =
      block && "reasoningContent" in block && "reasoningText" in block.reasoningContent
        ? block.reasoningContent.reasoningText
        : undefined;
    return {
      reasoningContent: {
        reasoningText:
          "text" in piece
            ? { ...before, text: (before?.text ?? "") + piece.text }
            : { text: before?.text ?? "", signature: piece.signature },
      },
    };
  }
  return block;
}

/** In Converse, Bedrock itself parses the arguments. Incomplete JSON is an error. */
function parseInput(json: string): unknown {
  if (json === "") return {};
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new BedrockError("ModelErrorException", "The model wrote arguments that are not JSON.", {
      cause,
    });
  }
}
