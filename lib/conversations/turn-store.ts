import type { TurnState } from "#lib/contract/chat.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { type Acceptance, acceptTurn, type NewTurn } from "./accept-turn.ts";
import { type Claim, type ClaimInput, claimTurn } from "./claim-turn.ts";
import type { OwnerBounds } from "./owner-bounds.ts";
import { type StopInput, stopTurn } from "./stop-turn.ts";
import { type NewSummary, storeSummary } from "./store-summary.ts";
import { type WatchedTurn, type WatchInput, watchTurn } from "./watch-turn.ts";

export type { Claim, ClaimInput, WatchedTurn };

/**
 * The turns of all conversations. Each call is one database request.
 *
 *     accept ─▶ queued ── claim ─▶ running ── finish ─▶ done | failed | stopped
 *                                   ▲____│ claim, when the lease ran out: attempt + 1
 */
export interface TurnStore {
  accept(input: NewTurn): Promise<Acceptance>;
  claim(input: ClaimInput): Promise<Claim>;
  /** For followers. Undefined for what does not exist and for what belongs to somebody else. */
  watch(input: WatchInput): Promise<WatchedTurn | undefined>;
  /** Undefined for what does not exist and for what belongs to somebody else. */
  stop(input: StopInput): Promise<TurnState | undefined>;
  /** Of a conversation's oldest turns, for the claims that come. */
  storeSummary(input: NewSummary): Promise<void>;
}

interface TurnStoreOptions {
  database: Database;
  /** A runner that has not beaten for so long may be taken over. */
  leaseSeconds: number;
  ownerBounds: OwnerBounds;
}

export function createTurnStore({
  database,
  leaseSeconds,
  ownerBounds,
}: TurnStoreOptions): TurnStore {
  return {
    accept: (input) => acceptTurn(database, input, ownerBounds),
    claim: (input) => claimTurn(database, input, leaseSeconds),
    watch: (input) => watchTurn(database, input),
    stop: (input) => stopTurn(database, input),
    storeSummary: (input) => storeSummary(database, input),
  };
}
