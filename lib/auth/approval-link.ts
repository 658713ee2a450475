import * as v from "valibot";
import type { TokenKeys } from "#lib/platform/secrets.ts";
import {
  fromSeconds,
  issuer,
  readClaims,
  Seconds,
  signClaims,
  toSeconds,
} from "./signed-claims.ts";

/** One tool call that waits for a decision, as an approval link names it. */
export interface LinkedCall {
  conversationId: string;
  turnId: string;
  callId: string;
  argumentsSha256: string;
  /** When the approval and its link expire. */
  expiresAt: Date;
}

/** Signs and reads the links with which somebody else than the owner may decide one call. */
export interface ApprovalLinks {
  /** Returns the address of the page that shows the call: a path, or an address if the public origin is configured. */
  linkTo(call: LinkedCall): Promise<string>;
  /** Returns the call of a link's token, or undefined for a token that is no valid link. The caller must check the expiry. */
  read(token: string): Promise<LinkedCall | undefined>;
}

interface ApprovalLinksOptions {
  tokenKeys: () => Promise<TokenKeys>;
  publicOrigin: string | undefined;
}

/** Differs from the audience of sessions: a session is never a link, and a link never a session. */
const audience = `${issuer}/approval`;

const Claims = v.object({
  iss: v.literal(issuer),
  aud: v.literal(audience),
  conversation: v.string(),
  turn: v.string(),
  call: v.string(),
  arguments_sha256: v.string(),
  /** The epoch of the signing secret. Raising the epoch ends every link, too. */
  ep: v.number(),
  exp: Seconds,
});

export function createApprovalLinks({
  tokenKeys,
  publicOrigin = "",
}: ApprovalLinksOptions): ApprovalLinks {
  return {
    async linkTo({ conversationId, turnId, callId, argumentsSha256, expiresAt }) {
      const keys = await tokenKeys();
      const claims: v.InferOutput<typeof Claims> = {
        iss: issuer,
        aud: audience,
        conversation: conversationId,
        turn: turnId,
        call: callId,
        arguments_sha256: argumentsSha256,
        ep: keys.epoch,
        exp: toSeconds(expiresAt),
      };
      return `${publicOrigin}/approve/${await signClaims(claims, keys)}`;
    },

    async read(token) {
      const claims = await readClaims(token, Claims, await tokenKeys());
      return (
        claims && {
          conversationId: claims.conversation,
          turnId: claims.turn,
          callId: claims.call,
          argumentsSha256: claims.arguments_sha256,
          expiresAt: fromSeconds(claims.exp),
        }
      );
    },
  };
}
