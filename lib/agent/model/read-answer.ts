import type { AIMessageChunk, ToolCall, ToolCallChunk } from "@langchain/core/messages";
import { type AnswerBlock, blocksOf } from "#lib/agent/history/message-content.ts";
import { createThoughtSplitter, type Said } from "./split-thoughts.ts";
import { type TokenCount, tokenCountOf } from "./token-count.ts";

/** One whole answer of a model. */
export interface ModelAnswer {
  /** What the person sees of it. */
  text: string;
  /** All of it in order; a tool call is marked by its place among the calls. */
  blocks: AnswerBlock[];
  toolCalls: ToolCall[];
  stopReason: string | undefined;
  /** Null when the model did not report them. */
  tokens: TokenCount | null;
}

interface Listener {
  onText: (piece: string) => void;
  onReasoning: (piece: string) => void;
  /** Also of an answer that turns out to be broken afterwards. */
  onTokens: (tokens: TokenCount) => void;
}

/**
 * Reads an answer to its end and tells of its pieces as they come. Texts have no white space in front, and
 * texts that something else stands between are paragraphs, as thoughts are.
 */
export async function readAnswer(
  chunks: AsyncIterable<AIMessageChunk>,
  listener: Listener,
): Promise<ModelAnswer> {
  const reader = createBlockReader(listener);
  const calls = createCallReader();
  let stopReason: string | undefined;
  let tokens: TokenCount | null = null;
  for await (const chunk of chunks) {
    const { content, tool_call_chunks = [], response_metadata } = chunk;
    if (typeof content === "string") reader.readText(content);
    else for (const block of blocksOf(chunk)) reader.readReasoning(block);
    for (const piece of tool_call_chunks) if (calls.read(piece)) reader.markCall();
    if ("contentBlockStop" in response_metadata) reader.endBlock();
    stopReason ??= stopReasonOf(response_metadata.messageStop);
    const reported = tokenCountOf(response_metadata.metadata);
    if (reported) listener.onTokens(reported);
    tokens = reported ?? tokens;
  }
  return { ...reader.end(), toolCalls: calls.end(), stopReason, tokens };
}

/**
 * LangChain's own sum of the pieces (@langchain/core 1.4.0) drops a call without an id and joins calls of one id.
 * That the arguments are whole JSON objects is seen to below, in `guard-stream.ts`.
 */
function createCallReader() {
  const calls: { id: string; name: string; index: number | undefined; json: string }[] = [];
  return {
    /** @returns whether a call begins */
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

/** LangChain (@langchain/aws 1.4.5) says where a block ends, but not which block a text or a redacted thought is of. */
function createBlockReader({ onText, onReasoning }: Listener) {
  const blocks: AnswerBlock[] = [];
  let text = "";
  let hasThought = false;
  let hasEnded = false;
  let calls = 0;
  let thoughts = createThoughtSplitter();

  function readText(piece: string): void {
    if (piece !== "") show(thoughts.push(piece));
  }

  function show(said: Said[]): void {
    for (const part of said) {
      if (part.type === "text") showText(part.text);
      else showThought(part.text, part.isFirst);
    }
  }

  function showText(piece: string): void {
    const last = blocks.at(-1);
    const isParagraph = last?.type !== "text" && text !== "";
    if (last?.type === "text") last.text += piece;
    else blocks.push({ type: "text", text: piece });
    const shown = isParagraph ? `\n\n${piece}` : piece;
    text += shown;
    onText(shown);
  }

  function showThought(piece: string, isFirst: boolean): void {
    if (piece === "") return;
    onReasoning(isFirst && hasThought ? `\n\n${piece}` : piece);
    hasThought = true;
  }

  function readReasoning(piece: AnswerBlock): void {
    endText();
    const last = hasEnded ? undefined : blocks.at(-1);
    hasEnded = false;
    if (piece.type === "reasoning") {
      const isFirst = last?.type !== "reasoning";
      if (last?.type === "reasoning") extend(last, piece);
      else blocks.push({ ...piece });
      showThought(piece.reasoning, isFirst);
    } else if (piece.type === "reasoning_content" && last?.type === piece.type) {
      last.redactedContent = joinBase64(last.redactedContent, piece.redactedContent);
    } else {
      blocks.push({ ...piece });
    }
  }

  /** A text behind something else may begin with a thought again. */
  function endText(): void {
    show(thoughts.end());
    thoughts = createThoughtSplitter();
  }

  return {
    readText,
    readReasoning,
    markCall() {
      endText();
      blocks.push({ type: "tool_call", id: String(calls) });
      calls += 1;
    },
    endBlock() {
      hasEnded = true;
    },
    end() {
      endText();
      return { text, blocks };
    },
  };
}

type Thinking = Extract<AnswerBlock, { type: "reasoning" }>;

function extend(block: Thinking, { reasoning, signature }: Thinking): void {
  block.reasoning += reasoning;
  if (signature !== undefined) block.signature = (block.signature ?? "") + signature;
}

function joinBase64(...parts: string[]): string {
  return Buffer.concat(parts.map((part) => Buffer.from(part, "base64"))).toString("base64");
}

function stopReasonOf(stop: unknown): string | undefined {
  if (typeof stop !== "object" || stop === null || !("stopReason" in stop)) return undefined;
  return String(stop.stopReason);
}
