import type { Effort } from "#lib/contract/model-choice.ts";

/** The model of a turn. */
export interface ModelToCall {
  id: string;
  /** How much it thinks before it answers. Undefined means the model's own default. */
  effort: Effort | undefined;
}
