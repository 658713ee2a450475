/** What `GET /api/me` says about the deployment. */
export interface Limits {
  /** UTF-16 units that a message may have. */
  messageLimit: number;
  /** The most that the model gets of a conversation, in tokens. */
  threadTokens: number;
  /** Whether the deployment has documents. */
  hasDocuments: boolean;
  /** Only if the demo model answers: the page that explains how to connect a real model. */
  demoGuideUrl: string | undefined;
}
