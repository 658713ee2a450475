import type {
  AIMessageChunk,
  MessageContent,
  ToolCall,
  UsageMetadata,
} from "@langchain/core/messages";
import { reasoningOf } from "./message-content.ts";

/** One whole answer of a model. */
export interface ModelAnswer {
  text: string;
  /** What has to go back to the model with the results of its calls. */
  reasoning: ReturnType<typeof reasoningOf>;
  toolCalls: ToolCall[];
  stopReason: string | undefined;
  inputTokens: number;
  outputTokens: number;
}

interface Listener {
  onText: (piece: string) => void;
  onReasoning: (piece: string) => void;
}

/** Reads an answer to its end and tells of its pieces as they come. The text has no white space in front. */
export async function readAnswer(
  chunks: AsyncIterable<AIMessageChunk>,
  { onText, onReasoning }: Listener,
): Promise<ModelAnswer> {
  let whole: AIMessageChunk | undefined;
  let text = "";
  for await (const chunk of chunks) {
    const piece = text === "" ? plainText(chunk.content).trimStart() : plainText(chunk.content);
    text += piece;
    if (piece !== "") onText(piece);
    const thought = thinking(chunk.content);
    if (thought !== "") onReasoning(thought);
    whole = whole ? whole.concat(chunk) : chunk;
  }
  const usage = usageOf(whole);
  return {
    text,
    reasoning: reasoningOf(whole?.content ?? ""),
    toolCalls: whole?.tool_calls ?? [],
    stopReason: stopReasonOf(whole),
    inputTokens: usage?.input_tokens ?? 0,
    outputTokens: usage?.output_tokens ?? 0,
  };
}

/** In a stream text comes as strings, and only reasoning as blocks. */
const plainText = (content: MessageContent): string => (typeof content === "string" ? content : "");

function thinking(content: MessageContent): string {
  return reasoningOf(content)
    .map((block) => ("reasoning" in block ? String(block.reasoning) : ""))
    .join("");
}

function stopReasonOf(whole: AIMessageChunk | undefined): string | undefined {
  const stop: unknown = whole?.response_metadata.messageStop;
  if (typeof stop !== "object" || stop === null || !("stopReason" in stop)) return undefined;
  return String(stop.stopReason);
}

/** LangChain's own type of the field is `never` for messages without a declared structure. */
function usageOf(whole: AIMessageChunk | undefined): UsageMetadata | undefined {
  return whole?.usage_metadata;
}
