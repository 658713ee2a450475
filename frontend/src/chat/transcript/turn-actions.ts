import type { ApiProblem } from "#frontend/api/api-problem.ts";
import type { CallDecision } from "#frontend/api/client.ts";
import type { ShownTurn } from "../conversation/conversation-state.ts";
import type { Edit } from "../conversation/tab-storage.ts";

/** What a person can do with a turn. */
export interface TurnActions {
  onStop: (turnId: string) => void;
  /** Sends the message again: another version of this turn. */
  onAgain: (turn: ShownTurn) => void;
  /** Sets the edited text of the turn's message. Null ends the edit. */
  onEdit: (turn: ShownTurn, edit: Edit | null) => void;
  /** Sends the edited message: another version of this turn. */
  onSendEdit: (turn: ShownTurn, message: { key: string; text: string }) => void;
  /** Changes the message without a new answer. Resolves with the problem if the service did not accept the text. */
  onRewrite: (turn: ShownTurn, text: string) => Promise<ApiProblem | null>;
  /** Shows the branch that this turn is on. */
  onShowBranch: (turnId: string) => void;
  /** Ends a turn that waits for a decision, then edits its message. */
  onStopAndEdit: (turn: ShownTurn) => void;
  /** Resolves with the problem if the service did not accept the decision. */
  onDecide: (decision: Omit<CallDecision, "conversationId">) => Promise<ApiProblem | null>;
  /** No call of a turn is left to decide, and the button that had the focus goes. */
  onLastDecided: () => void;
  /** Asks the model for the rest of an answer that was cut off. */
  onContinue: (turn: ShownTurn) => void;
  /** Sends one of the messages that the model proposes. */
  onSuggestion: (turn: ShownTurn, text: string, index: number) => void;
  /** Puts a quote into the next message. `quote` returns the message with it. */
  onQuote: (quote: (message: string) => string) => void;
}
