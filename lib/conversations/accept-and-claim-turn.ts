import type { Database, Statement } from "#lib/platform/postgres.ts";
import {
  type Acceptance,
  callAcceptTurn,
  type NewTurn,
  type OwnerBounds,
  readAcceptance,
} from "./accept-turn.ts";
import { type Claim, type ClaimTerms, prepareClaim } from "./claim-turn.ts";

export interface AcceptAndClaimInput extends NewTurn {
  /** Returns the statement that reads a conversation's thread. Not called for a new conversation, which has no thread. */
  readThread: (conversationId: string) => Statement;
}

export interface AcceptedClaim {
  acceptance: Acceptance;
  /** The claim of the accepted turn. Undefined if the accept was refused or replayed: then nothing was claimed. */
  claim: Claim | undefined;
}

/**
 * Stores a message, claims its conversation and reads the thread in one database request.
 *
 *     lock the owner ── lock the conversation ── insert the turn ── take the lease ── read the thread ── commit
 *
 * A refused or replayed accept ends nothing, takes no lease and reads no thread. A request that is sent again, because its
 * reply was lost, finds its own turn and keeps its own lease.
 */
export async function acceptAndClaimTurn(
  database: Database,
  input: AcceptAndClaimInput,
  bounds: OwnerBounds,
  terms: ClaimTerms,
): Promise<AcceptedClaim> {
  const { call: accept, turnId, conversationId } = callAcceptTurn(input, bounds);
  const { owner } = input;
  const claim = prepareClaim(database, { owner, conversationId, turnId }, terms, accept.params);
  const acceptAndClaim: Statement = {
    // PostgreSQL calls `claim_turn` after `accept_turn`, and only in this case of the expression.
    text: `
      select acceptance, case when acceptance ->> 'outcome' = 'accepted' then ${claim.call.text} end as claim
      from ${accept.text} as acceptance`,
    params: claim.call.params,
  };
  const [rows = [], threadRows = []] =
    input.conversationId === undefined
      ? [await database.query(acceptAndClaim)] // a new conversation has no thread
      : await database.transaction([
          acceptAndClaim,
          claim.readThreadIfClaimed(input.readThread(conversationId)),
        ]);
  const [row] = rows;
  return {
    acceptance: readAcceptance(row?.acceptance),
    claim: row?.claim ? claim.read(row.claim, threadRows) : undefined,
  };
}
