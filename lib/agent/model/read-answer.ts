import type { AIMessageChunk, ToolCall, ToolCallChunk } from "@langchain/core/messages";
import { type AnswerBlock, blocksOf } from "#lib/agent/history/message-content.ts";
import { AnswerBlocks, type BlockListener } from "./answer-blocks.ts";
import { type TokenCount, tokenCountOf } from "./token-count.ts";

/** A complete answer of a model. */
export interface ModelAnswer {
  /** What the person sees. */
  text: string;
  /** All blocks in order. The id of a `tool_call` block is the call's index in `toolCalls`. */
  blocks: AnswerBlock[];
  toolCalls: ToolCall[];
  stopReason: string | undefined;
  /** Null if the model did not report its tokens. */
  tokens: TokenCount | null;
}

interface Listener extends BlockListener {
  /** Also called for an answer that fails afterwards. */
  onTokens: (tokens: TokenCount) => void;
}

/** Reads an answer to its end, and notifies the listener of each piece as it arrives. */
export async function readAnswer(
  chunks: AsyncIterable<AIMessageChunk>,
  listener: Listener,
): Promise<ModelAnswer> {
  const answer = new AnswerBlocks(listener);
  const calls = createCallReader();
  let stopReason: string | undefined;
  let tokens: TokenCount | null = null;
  for await (const chunk of chunks) {
    const { content, tool_call_chunks = [], response_metadata } = chunk;
    if (typeof content === "string") answer.addText(content);
    else for (const block of blocksOf(chunk)) answer.addReasoning(block);
    for (const piece of tool_call_chunks) if (calls.read(piece)) answer.markCall();
    if ("contentBlockStop" in response_metadata) answer.endBlock();
    stopReason ??= stopReasonOf(response_metadata.messageStop);
    const reported = tokenCountOf(response_metadata.metadata);
    if (reported) listener.onTokens(reported);
    tokens = reported ?? tokens;
  }
  answer.end();
  const { text, blocks } = answer;
  return { text, blocks, toolCalls: calls.end(), stopReason, tokens };
}

/**
 * Joins the pieces of tool calls. LangChain's own sum of the pieces (@langchain/core 1.4.0) drops a call without an id
 * and joins calls of one id. `guardStream` guarantees that the arguments are complete JSON objects.
 */
function createCallReader() {
  const calls: { id: string; name: string; index: number | undefined; json: string }[] = [];
  return {
    /** Returns whether the piece starts a call. */
    read({ id = "", name, index, args = "" }: ToolCallChunk): boolean {
      if (name !== undefined) calls.push({ id, name, index, json: args });
      const open = calls.findLast((call) => call.index === index);
      if (name === undefined && open) open.json += args;
      return name !== undefined;
    },
    end: (): ToolCall[] =>
      calls.map(({ id, name, json }) => ({
        ...{ type: "tool_call", id, name },
        args: json.trim() === "" ? {} : JSON.parse(json),
      })),
  };
}

function stopReasonOf(stop: unknown): string | undefined {
  if (typeof stop !== "object" || stop === null || !("stopReason" in stop)) return undefined;
  return String(stop.stopReason);
}
