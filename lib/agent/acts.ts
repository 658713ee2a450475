import type { PlannedCall } from "#lib/tools/gate/planned-call.ts";

/** Whether a call with an effect may run now. */
export type ActClaim =
  /** The caller runs the call and settles this receipt. */
  | { outcome: "claimed"; receiptId: string }
  /** The call has run before, with this result. */
  | { outcome: "settled"; failed: boolean; output: string }
  /** A runner has begun the call and vanished. It is never run again. */
  | { outcome: "unknown" }
  /** A person refused the call. The note is what the person wrote to the model. */
  | { outcome: "denied"; note?: string | undefined }
  | { outcome: "expired" }
  /** A person must decide first: the call has changed, or the same effect happened before. */
  | { outcome: "ask" };

/** The durable record of a turn's effects, so that none happens twice. */
export interface Acts {
  /**
   * Claims a call immediately before its effect. The first claim after a pause stores the thread, too. Claims no call that the
   * gate refuses: the outcome only says whether the call has run before.
   * @throws if the turn has ended or goes on elsewhere; then the effect must not follow
   */
  claim(call: PlannedCall): Promise<ActClaim>;
  /** Stores what a claimed call has done. */
  settle(receiptId: string, result: { failed: boolean; output: string }): Promise<void>;
}
