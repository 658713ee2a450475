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
  /** Returns the statement that reads a conversation's thread. Not called for a turn that begins a branch: it continues no thread. */
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
 * A turn that begins a branch continues no thread, so nothing is read, unless an older message comes first: its thread takes a second
 * request. A refused or replayed accept ends nothing, takes no lease and reads no thread. A request that is sent again, because its
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
  const readThread = () => claim.readThreadIfClaimed(input.readThread(conversationId));
  const beginsBranch = input.conversationId === undefined || input.after === null;
  const [rows = [], threadRows = []] = beginsBranch
    ? [await database.query(acceptAndClaim)]
    : await database.transaction([acceptAndClaim, readThread()]);
  const [row] = rows;
  const acceptance = readAcceptance(row?.acceptance);
  const taken = row?.claim ? claim.read(row.claim, threadRows) : undefined;
  if (beginsBranch && taken?.outcome === "claimed" && taken.lease.turn.id !== turnId) {
    // An older message comes first, and its turn may continue the thread, which only the holder of the lease writes.
    return { acceptance, claim: { ...taken, threadRows: await database.query(readThread()) } };
  }
  return { acceptance, claim: taken };
}
