import type { ApiProblem } from "#frontend/api/api-problem.ts";
import type { CallDecision } from "#frontend/api/client.ts";
import type { ShownTurn } from "../conversation/conversation-state.ts";

/** What a person can do with a turn. */
export interface TurnActions {
  onStop: (turnId: string) => void;
  /** Sends the message again. The new turn replaces this one. */
  onAgain: (turn: ShownTurn) => void;
  onEdit: (turn: ShownTurn) => void;
  /** Ends a turn that waits for a decision, then edits its message. */
  onStopAndEdit: (turn: ShownTurn) => void;
  /** Resolves with the problem if the service did not accept the decision. */
  onDecide: (decision: Omit<CallDecision, "conversationId">) => Promise<ApiProblem | null>;
  /** No call of a turn is left to decide, and the button that had the focus goes. */
  onLastDecided: () => void;
  /** Asks the model for the rest of an answer that was cut off. */
  onContinue: (turn: ShownTurn) => void;
  /** Puts a quote into the next message. `quote` returns the message with it. */
  onQuote: (quote: (message: string) => string) => void;
}
