import type { TurnState } from "#lib/contract/chat.ts";
import type { Database } from "#lib/platform/postgres.ts";
import {
  type AcceptAndClaimInput,
  type AcceptedClaim,
  acceptAndClaimTurn,
} from "./accept-and-claim-turn.ts";
import { type Acceptance, acceptTurn, type NewTurn, type OwnerBounds } from "./accept-turn.ts";
import { type Claim, type ClaimInput, type ClaimTerms, claimTurn } from "./claim-turn.ts";
import { type Decision, type DecisionInput, decideCall } from "./decide-call.ts";
import { type StopInput, stopTurn } from "./stop-turn.ts";
import { type NewSummary, storeSummary } from "./store-summary.ts";
import { type NewTitle, storeTitle } from "./store-title.ts";
import { type AttemptCost, settleSummary, settleTitle } from "./turn-money.ts";
import { type WatchedTurn, type WatchInput, watchTurn } from "./watch-turn.ts";

export type { Claim, ClaimInput, WatchedTurn };

/**
 * The turns of all conversations. Each call is one database request. Each call treats another owner's conversation like a
 * conversation that does not exist.
 *
 *     accept ─▶ queued ── claim ─▶ running ── finish ─▶ done | failed | stopped
 *                        ▲          ▲____│ claim, after the lease ran out: attempt + 1
 *                        │               │ park
 *                        └── decide ── waiting      the decision may be a program's output
 */
export interface TurnStore {
  /** Stores a message as a queued turn. */
  accept(input: NewTurn): Promise<Acceptance>;
  /** Takes the right to run the oldest open turn, if no runner holds it. */
  claim(input: ClaimInput): Promise<Claim>;
  /** Does both, so that a message and its runner cost one request together. */
  acceptAndClaim(input: AcceptAndClaimInput): Promise<AcceptedClaim>;
  /** Reads a turn for a follower. Returns undefined if the owner has no such turn. */
  watch(input: WatchInput): Promise<WatchedTurn | undefined>;
  /** Stops a turn, or sets the stop flag for its runner. Returns undefined if the owner has no such turn. */
  stop(input: StopInput): Promise<TurnState | undefined>;
  /** Stores a person's decision about a tool call. */
  decide(input: DecisionInput): Promise<Decision>;
  /** Stores a summary of a conversation's oldest turns. Later claims return the summary. */
  storeSummary(input: NewSummary): Promise<void>;
  /** Books what a summary has cost that was not stored. */
  settleSummary(turnId: string, cost: AttemptCost): Promise<void>;
  /** Stores the title that the model wrote, unless a person has renamed the conversation. Returns whether it is stored. */
  storeTitle(input: NewTitle): Promise<boolean>;
  /** Books what a title has cost that was not stored. */
  settleTitle(turnId: string, cost: AttemptCost): Promise<void>;
}

interface TurnStoreOptions extends ClaimTerms {
  database: Database;
  ownerBounds: OwnerBounds;
}

export function createTurnStore({ database, ownerBounds, ...terms }: TurnStoreOptions): TurnStore {
  return {
    accept: (input) => acceptTurn(database, input, ownerBounds),
    claim: (input) => claimTurn(database, input, terms),
    acceptAndClaim: (input) => acceptAndClaimTurn(database, input, ownerBounds, terms),
    watch: (input) => watchTurn(database, input),
    stop: (input) => stopTurn(database, input),
    decide: (input) => decideCall(database, input, terms.budget),
    storeSummary: (input) => storeSummary(database, input),
    async settleSummary(turnId, cost) {
      await database.query(settleSummary(turnId, cost));
    },
    storeTitle: (input) => storeTitle(database, input),
    async settleTitle(turnId, cost) {
      await database.query(settleTitle(turnId, cost));
    },
  };
}
