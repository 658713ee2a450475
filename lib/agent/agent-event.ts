import type { ToolCall } from "#lib/contract/chat.ts";
import type { OldestTurns } from "./history/thread-summary.ts";
import type { TokenCount } from "./model/token-count.ts";

/** What happens while a turn is answered, in the order in which a person would see it. */
export type AgentEvent =
  /** To be appended; holds the blank line between the texts of two model calls. */
  | { type: "text"; text: string }
  /** The model's thinking, to be appended; where the model gives it. */
  | { type: "reasoning"; text: string }
  /** New state of one tool call; replaces the one with that id. */
  | { type: "tool"; tool: ToolCall }
  /** A model call begins anew: the turn's text is now this. Tools are unchanged. */
  | { type: "restart"; text: string }
  /** The model is asked; `fromTurn` is the oldest turn that it is sent, `summarisedUntil` the newest in its summary. */
  | { type: "history"; fromTurn: string; summarisedUntil: string | null }
  /** The turn is over, and the thread so full that its oldest turns should be summarised once it is stored. */
  | { type: "thread_full"; oldest: OldestTurns }
  | ({
      type: "model_call";
      model: string;
      /** Another one than the first choice. */
      isFallback: boolean;
      /** The answer has a text that ends where the model may write no more. */
      isCut: boolean;
    } & Spending)
  /** An answer that broke off, or was of no use, and whose tokens were reported all the same. */
  | ({ type: "broken_call" } & Spending);

export interface Spending {
  /** Null when the model did not report them. */
  tokens: TokenCount | null;
  /** Null when the tokens or the model's price are not known. */
  costUsd: number | null;
}
