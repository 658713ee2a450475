import type { CallCost } from "#lib/agent/agent-event.ts";

/** One request to a model as the turn's trace records it. Times are of `performance.now()`. */
export interface ModelRequest extends CallCost {
  model: string;
  isFallback: boolean;
  startedAtMs: number;
  /** Undefined if the model has sent no token. */
  firstTokenAtMs: number | undefined;
  endedAtMs: number;
  /** Why the request failed: the kind of its failure, or `aborted`. */
  error: string | undefined;
}

/** Called at the end of each request to a model, also when the turn is over. Must not throw. */
export type ObserveRequest = (request: ModelRequest) => void;
