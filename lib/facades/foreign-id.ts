import { createHash } from "node:crypto";
import * as v from "valibot";
import { Identifier } from "#lib/contract/identifier.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";

export type Protocol = "ai-sdk" | "openai" | "ag-ui" | "mcp";

/** A conversation as another protocol's client names it. */
export interface ForeignId {
  owner: string;
  protocol: Protocol;
  /** Any text of 1 to 200 UTF-16 units. */
  id: string;
  /** The name of the id in the protocol's request, for a refusal. */
  field: string;
}

const maxLength = 200;

/**
 * Calls `use` with the id of our conversation that a foreign id names, and returns its result. A UUID is taken as it is. If that
 * conversation is unknown to the owner, `use` gets the derived id, as for any other text. So a client with the UUID of somebody
 * else's conversation has a conversation of its own, and does not learn that the other one exists.
 * @param use throws HttpProblem 404 if the owner has no such conversation
 * @throws HttpProblem 400 for an id that is empty or too long
 */
export async function inForeignConversation<Result>(
  foreign: ForeignId,
  use: (conversationId: string) => Promise<Result>,
): Promise<Result> {
  const { id, field } = foreign;
  if (id.length === 0 || id.length > maxLength) {
    throw new HttpProblem("bad_request", 400, `${field} must have 1 to ${maxLength} characters.`, {
      field,
    });
  }
  const own = v.safeParse(Identifier, id);
  if (!own.success) return use(derivedIdOf(foreign));
  try {
    return await use(own.output);
  } catch (error) {
    if (!(error instanceof HttpProblem) || error.status !== 404) throw error;
    return use(derivedIdOf(foreign));
  }
}

/**
 * Returns what `find` returns for the conversation that a foreign id names, or undefined if the owner has no such conversation.
 * @throws HttpProblem 400 for an id that is empty or too long
 */
export async function findForeign<Result>(
  foreign: ForeignId,
  find: (conversationId: string) => Promise<Result | undefined>,
): Promise<Result | undefined> {
  const unknown = new HttpProblem("not_found", 404, "Conversation not found, or not yours.");
  try {
    return await inForeignConversation(foreign, async (conversationId) => {
      const found = await find(conversationId);
      if (found === undefined) throw unknown;
      return found;
    });
  } catch (error) {
    if (error === unknown) return undefined;
    throw error;
  }
}

/** Returns the same UUID (version 8, RFC 9562) for the same owner, protocol and id. */
export function derivedIdOf({ owner, protocol, id }: ForeignId): string {
  const hash = createHash("sha256")
    .update(JSON.stringify([owner, protocol, id]))
    .digest();
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x80, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString("hex", 0, 16).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** Returns the idempotency key of a foreign message: its client may send the same message again, with the same ids. */
export function messageKeyOf(
  protocol: Protocol,
  conversationId: string,
  messageId: string,
): string {
  const fields = JSON.stringify([protocol, conversationId, messageId]);
  return `${protocol}:${createHash("sha256").update(fields).digest("hex")}`;
}
