/** More than an attempt ever begins: a turn has few model calls, and a call is repeated a few times. */
const textsPerAttempt = 100;

/**
 * Returns the number of the text that a turn shows: 100 for its first, and more for each later one. A new attempt begins a text, and an
 * attempt begins another whenever it takes its text back.
 */
export const textNumberOf = (turn: { attempt: number; restarts?: number | undefined }): number =>
  turn.attempt * textsPerAttempt + Math.min(turn.restarts ?? 0, textsPerAttempt - 1);
