/** The limits of the deployment. */
export interface Limits {
  /** UTF-16 units that a message may have. */
  messageLimit: number;
  /** The most that the model gets of a conversation, in tokens. */
  threadTokens: number;
}
