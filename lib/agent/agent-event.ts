import type { TokenCount } from "#lib/budget/price.ts";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { Source } from "#lib/contract/source.ts";
import type { ReceivedPassage } from "#lib/documents/citations/received-texts.ts";
import type { PlannedCall } from "#lib/tools/gate/planned-call.ts";
import type { OldestTurns } from "./history/thread-summary.ts";

/** What happens during a turn, in the order in which a person sees it. */
export type AgentEvent =
  /** Append this text. It includes the blank line between the texts of two model calls. */
  | { type: "text"; text: string }
  /** Append this to the model's reasoning. */
  | { type: "reasoning"; text: string }
  /** The new state of one tool call. It replaces the call with the same id. */
  | { type: "tool"; tool: ToolCall }
  /** A paid tool call begins. */
  | { type: "tool_cost"; costUsd: number }
  /** Something that the answer may cite, and the passage of a document that it is. The end of the call that found it follows. */
  | { type: "source"; source: Source; passage?: ReceivedPassage | undefined }
  /**
   * Replace the turn's whole text by this text, and drop the reasoning. A model call starts again, or its text so far was
   * reasoning, which follows. Tools stay unchanged.
   */
  | { type: "restart"; text: string }
  /**
   * A model call starts. `fromTurn` is the oldest turn in the request, `summarisedUntil` the newest turn in the
   * request's summary.
   */
  | { type: "history"; fromTurn: string; summarisedUntil: string | null }
  /** What the person could send next. The answer is complete. */
  | { type: "suggestions"; suggestions: readonly string[] }
  /** Some of the tools could not be looked up, so the model does not know them. */
  | { type: "tools_missing" }
  /** The turn has ended, and the thread is so full that its oldest turns should be summarised once it is stored. */
  | { type: "thread_full"; oldest: OldestTurns }
  /** The last event of a run whose turn goes on. The thread ends with open calls. */
  | ({ type: "paused" } & Pause)
  | ({
      type: "model_call";
      model: string;
      /** The model is not the deployment's first choice. */
      isFallback: boolean;
      /** The text ends where the model ran out of output tokens. */
      isCut: boolean;
    } & CallCost)
  /** A model call failed, but reported its tokens, which are billed. */
  | ({ type: "broken_call" } & CallCost);

export interface CallCost {
  /** Null if the model did not report its tokens. */
  tokens: TokenCount | null;
  /** Null if the tokens or the model's price are unknown. */
  costUsd: number | null;
}

/** Why a turn pauses between an answer and its calls. */
export interface Pause {
  /** `approval`: a person must decide about the calls. `effect`: the thread must be stored before the calls. */
  reason: "approval" | "effect";
  calls: PlannedCall[];
}
