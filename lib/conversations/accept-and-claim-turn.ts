import type { Database, Statement } from "#lib/platform/postgres.ts";
import { type Acceptance, acceptPart, type NewTurn, type OwnerBounds } from "./accept-turn.ts";
import { type Claim, type ClaimTerms, claimPart } from "./claim-turn.ts";
import { joinParts } from "./transaction-part.ts";

export interface AcceptAndClaimInput extends NewTurn {
  /** Returns the statement that reads a conversation's thread. */
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
 * The claim names the turn that this transaction inserts, by an id that no other request knows. A refused or replayed accept
 * inserts no such turn, so its transaction ends nothing, takes no lease and reads no thread. A request that is sent again,
 * because its reply was lost, finds its own turn and keeps its own lease.
 *
 * The lock of the owner always comes before the lock of the conversation, and no other transaction takes both. So no two
 * transactions wait for each other.
 */
export async function acceptAndClaimTurn(
  database: Database,
  input: AcceptAndClaimInput,
  bounds: OwnerBounds,
  terms: ClaimTerms,
): Promise<AcceptedClaim> {
  const accept = acceptPart(input, bounds);
  const { turnId, conversationId } = accept;
  const readThread = input.readThread(conversationId);
  const claim = claimPart(
    database,
    {
      ...{ owner: input.owner, conversationId, turnId, readThread },
      beginsConversation: input.conversationId === undefined,
    },
    terms,
  );
  const { statements, read } = joinParts(accept, claim);
  const [acceptance, claimed] = read(await database.transaction(statements));
  return { acceptance, claim: acceptance.outcome === "accepted" ? claimed : undefined };
}
