import type { AnswerBlock } from "#lib/agent/history/message-content.ts";
import {
  createSuggestionSplitter,
  noSuggestionSplitter,
  type SuggestionSplitter,
  type TextEnd,
} from "#lib/agent/history/split-suggestions.ts";
import { createThoughtSplitter, type SplitPiece } from "#lib/agent/history/split-thoughts.ts";

export interface BlockListener {
  onText: (piece: string) => void;
  onReasoning: (piece: string) => void;
  /** All text so far was a thought. The person must not see it as text; `onReasoning` follows with the thought. */
  onTextWithdrawn: () => void;
}

/** Collects the pieces of an answer as blocks, and notifies the listener of text and reasoning as they arrive. */
export class AnswerBlocks {
  readonly blocks: AnswerBlock[] = [];
  /** What the person sees. Texts start without white space; texts with another block between them are paragraphs. */
  text = "";

  /** What the person could send next. */
  suggestions: readonly string[] = [];

  readonly #listener: BlockListener;
  readonly #newSplitter: () => SuggestionSplitter;
  #splitter: SuggestionSplitter;
  /** Only the start of the answer may be a thought without an opening tag. */
  #thoughts = createThoughtSplitter({ mayLackOpening: true });
  #hasReasoning = false;
  #hasBlockEnded = false;
  #callCount = 0;

  /** @param hasSuggestions the model may end its answer with a list of suggestions, which is no text */
  constructor(listener: BlockListener, hasSuggestions: boolean) {
    this.#listener = listener;
    this.#newSplitter = hasSuggestions ? createSuggestionSplitter : () => noSuggestionSplitter;
    this.#splitter = this.#newSplitter();
  }

  addText(piece: string): void {
    if (piece !== "") this.#show(this.#thoughts.push(piece));
  }

  addReasoning(piece: AnswerBlock): void {
    this.#endText("thought");
    const last = this.#hasBlockEnded ? undefined : this.blocks.at(-1);
    this.#hasBlockEnded = false;
    if (piece.type === "reasoning") {
      const isFirst = last?.type !== "reasoning";
      if (last?.type === "reasoning") extend(last, piece);
      else this.blocks.push({ ...piece });
      this.#showReasoning(piece.reasoning, isFirst);
    } else if (piece.type === "reasoning_content" && last?.type === piece.type) {
      last.redactedContent = joinBase64(last.redactedContent, piece.redactedContent);
    } else {
      this.blocks.push({ ...piece });
    }
  }

  /** Marks the position of the next tool call. */
  markCall(): void {
    this.#endText("call");
    this.blocks.push({ type: "tool_call", id: String(this.#callCount) });
    this.#callCount += 1;
  }

  endBlock(): void {
    this.#hasBlockEnded = true;
  }

  end(how: TextEnd): void {
    this.#endText(how);
  }

  /** The next text may start with a thought in tags again. */
  #endText(how: TextEnd): void {
    this.#show(this.#thoughts.end());
    this.#thoughts = createThoughtSplitter();
    const { text, suggestions } = this.#splitter.end(how);
    this.#showText(text);
    this.suggestions = suggestions;
  }

  #show(pieces: SplitPiece[]): void {
    for (const piece of pieces) {
      if (piece.type === "text") this.#showText(this.#splitter.push(piece.text));
      else if (piece.type === "reasoning") this.#showReasoning(piece.text, piece.isFirst);
      else this.#withdrawText(piece.text);
    }
  }

  #showText(piece: string): void {
    if (piece === "") return;
    const last = this.blocks.at(-1);
    const isParagraph = last?.type !== "text" && this.text !== "";
    if (last?.type === "text") last.text += piece;
    else this.blocks.push({ type: "text", text: piece });
    const shown = isParagraph ? `\n\n${piece}` : piece;
    this.text += shown;
    this.#listener.onText(shown);
  }

  #withdrawText(thought: string): void {
    this.blocks.length = 0;
    this.text = "";
    this.#splitter = this.#newSplitter();
    this.#listener.onTextWithdrawn();
    this.#showReasoning(thought, true);
  }

  #showReasoning(piece: string, isFirst: boolean): void {
    if (piece === "" || piece === hidden) return;
    this.#listener.onReasoning(isFirst && this.#hasReasoning ? `\n\n${piece}` : piece);
    this.#hasReasoning = true;
  }
}

/**
 * What Nova 2 sends instead of its thoughts. It expects the block back.
 * https://docs.aws.amazon.com/nova/latest/nova2-userguide/reasoning-capabilities.html
 */
const hidden = "[REDACTED]";

type ReasoningBlock = Extract<AnswerBlock, { type: "reasoning" }>;

function extend(block: ReasoningBlock, { reasoning, signature }: ReasoningBlock): void {
  block.reasoning += reasoning;
  if (signature !== undefined) block.signature = (block.signature ?? "") + signature;
}

function joinBase64(...parts: string[]): string {
  return Buffer.concat(parts.map((part) => Buffer.from(part, "base64"))).toString("base64");
}
