import type { ModelChoice } from "#lib/contract/model-choice.ts";

/** What `GET /api/me` says about the deployment. */
export interface Limits {
  /** UTF-16 units that a message may have. */
  messageLimit: number;
  /** The most that the model gets of a conversation, in tokens. */
  threadTokens: number;
  /** A conversation without a message for so many days is deleted. Null: never. */
  idleDays: number | null;
  /** Whether the deployment has documents. */
  hasDocuments: boolean;
  /** What a conversation may run with. The first is the default. */
  models: ModelChoice[];
  /** Only if the demo model answers: the page that explains how to connect a real model. */
  demoGuideUrl: string | undefined;
}
