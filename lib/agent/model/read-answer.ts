import type { ToolCall } from "@langchain/core/messages";
import type { AnswerBlock } from "#lib/agent/history/message-content.ts";
import type { TokenCount } from "#lib/budget/price.ts";
import { AnswerBlocks, type BlockListener } from "./answer-blocks.ts";
import type { ConverseEvent } from "./converse-event.ts";
import { tokenCountOf } from "./token-count.ts";
import { AnswerIncomplete, createToolCallReader } from "./tool-call-reader.ts";
import { WireError } from "./wire-error.ts";

/** A complete answer of a model. */
export interface ModelAnswer {
  /** What the person sees. */
  text: string;
  /** All blocks in order. The id of a `tool_call` block is the call's index in `toolCalls`. */
  blocks: AnswerBlock[];
  toolCalls: ToolCall[];
  stopReason: string;
  /** What the person could send next. Empty if the answer was cut off or calls tools. */
  suggestions: readonly string[];
  /** Null if the model did not report its tokens. */
  tokens: TokenCount | null;
}

interface Listener extends BlockListener {
  /** Also called for an answer that fails afterwards. */
  onTokens: (tokens: TokenCount) => void;
}

export interface ReadOptions {
  /** The answer may end with a list of suggestions, which is no text. */
  hasSuggestions?: boolean | undefined;
}

/** Stop reasons after which the answer says all that the model wanted to say. */
const completeStopReasons = new Set(["end_turn", "stop_sequence"]);

/** Calls `onEvent` with each event of an answer, and resolves when the stream has ended. */
export type AnswerStream = (onEvent: (event: ConverseEvent) => void) => Promise<void>;

/**
 * Reads an answer to its end, and notifies the listener of each piece as it arrives. Drops what this system does not
 * understand.
 * @throws AnswerIncomplete or ToolCallTooLong if a part of the answer is missing, or what the stream throws
 */
export async function readAnswer(
  stream: AnswerStream,
  listener: Listener,
  { hasSuggestions = false }: ReadOptions = {},
): Promise<ModelAnswer> {
  const reader = new AnswerReader(listener, hasSuggestions);
  try {
    await stream((event) => reader.read(event));
  } catch (error) {
    // After messageStop only the token count is lost.
    if (!(reader.hasStopped && error instanceof WireError)) throw error;
  }
  return reader.end();
}

class AnswerReader {
  readonly #listener: Listener;
  readonly #answer: AnswerBlocks;
  readonly #calls = createToolCallReader();
  #stopReason: string | undefined;
  #tokens: TokenCount | null = null;

  constructor(listener: Listener, hasSuggestions: boolean) {
    this.#listener = listener;
    this.#answer = new AnswerBlocks(listener, hasSuggestions);
  }

  get hasStopped(): boolean {
    return this.#stopReason !== undefined;
  }

  read(event: ConverseEvent): void {
    const { contentBlockStart, contentBlockDelta, contentBlockStop, messageStop, metadata } = event;
    if (contentBlockDelta) this.#readDelta(contentBlockDelta);
    else if (contentBlockStart) this.#readStart(contentBlockStart);
    else if (contentBlockStop) this.#answer.endBlock();
    else if (messageStop) this.#stopReason ??= messageStop.stopReason ?? "";
    else if (metadata) this.#readTokens(metadata);
  }

  end(): ModelAnswer {
    const stopReason = this.#stopReason;
    if (stopReason === undefined) {
      throw new AnswerIncomplete("The answer ended without messageStop.");
    }
    const toolCalls = this.#calls.end(stopReason);
    const isComplete = completeStopReasons.has(stopReason);
    this.#answer.end(toolCalls.length > 0 ? "call" : isComplete ? "complete" : "cut");
    const { text, blocks, suggestions } = this.#answer;
    return { text, blocks, toolCalls, stopReason, suggestions, tokens: this.#tokens };
  }

  #readStart({ start, contentBlockIndex }: Required<ConverseEvent>["contentBlockStart"]): void {
    if (start?.toolUse && this.#calls.start(start.toolUse, contentBlockIndex)) {
      this.#answer.markCall();
    }
  }

  #readDelta({ delta, contentBlockIndex }: Required<ConverseEvent>["contentBlockDelta"]): void {
    if (typeof delta?.text === "string") this.#answer.addText(delta.text);
    else if (delta?.toolUse) this.#calls.write(delta.toolUse.input ?? "", contentBlockIndex);
    else if (delta?.reasoningContent) {
      const { text, signature, redactedContent } = delta.reasoningContent;
      if (typeof text === "string")
        this.#answer.addReasoning({ type: "reasoning", reasoning: text });
      if (typeof signature === "string") {
        this.#answer.addReasoning({ type: "reasoning", reasoning: "", signature });
      }
      if (typeof redactedContent === "string") {
        this.#answer.addReasoning({ type: "reasoning_content", redactedContent });
      }
    }
  }

  #readTokens(metadata: unknown): void {
    const tokens = tokenCountOf(metadata);
    if (!tokens) return;
    this.#tokens = tokens;
    this.#listener.onTokens(tokens);
  }
}
