/** What one owner may have at the same time, over all conversations. */
export interface OwnerBounds {
  /** Turns that wait or run. */
  openTurns: number;
  conversations: number;
  /** Bytes in the database, as the function `turn_bytes` counts them. */
  storedBytes: number;
}
