import type { ToolCall } from "#lib/contract/chat.ts";

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
  /** `costUsd` is null for a model without a known price. */
  | {
      type: "model_call";
      model: string;
      inputTokens: number;
      outputTokens: number;
      costUsd: number | null;
    };
