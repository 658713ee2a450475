import type { ShownTurn } from "../conversation/conversation-state.ts";

/** What a person can have done with a turn. */
export interface TurnActions {
  onStop: (turnId: string) => void;
  /** Has the message answered once more, in the place of this answer. */
  onAgain: (turn: ShownTurn) => void;
  onEdit: (turn: ShownTurn) => void;
  /** Asks for the rest of an answer that was cut off. */
  onContinue: (turn: ShownTurn) => void;
}
