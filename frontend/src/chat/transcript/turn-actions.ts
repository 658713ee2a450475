import type { ShownTurn } from "../conversation/conversation-state.ts";

/** What a person can do with a turn. */
export interface TurnActions {
  onStop: (turnId: string) => void;
  /** Sends the message again. The new turn replaces this one. */
  onAgain: (turn: ShownTurn) => void;
  onEdit: (turn: ShownTurn) => void;
  /** Asks the model for the rest of an answer that was cut off. */
  onContinue: (turn: ShownTurn) => void;
}
