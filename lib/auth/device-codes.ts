import { createHmac, randomInt } from "node:crypto";
import {
  type DynamoDb,
  type Item,
  isRefusedByCondition,
  numberIn,
} from "#lib/platform/dynamodb.ts";
import type { TokenKeys } from "#lib/platform/secrets.ts";
import { codeAttributes, devicesKey } from "./devices.ts";

/** Without 0 and O, 1, I and L, which look alike, and without U, which sounds like Q. */
const alphabet = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
/**
 * 30 ** 10 codes are 49 bits. Each address has five guesses in a quarter of an hour, and all addresses together have the 100 requests
 * a second of the usage plan. With ten codes alive at all times, a guess would then hit within 19,000 years on average. So no bucket
 * needs to span the site, which would let a stranger block the codes of everybody.
 */
const codeLength = 10;
const codeMs = 10 * 60 * 1_000;
/** DynamoDB deletes the item of an expired code a little later. */
const expirySlackSeconds = 60;

/** The login that a code passes on: the new session ends no later than one of the password's own login would. */
interface CodeLogin {
  owner: string;
  authenticatedAt: Date;
}

/** Codes that log another browser in as the same owner. */
export interface DeviceCodes {
  /** Makes a code. The owner's earlier code stops working. */
  issue(login: CodeLogin): Promise<{ code: string; expiresAt: Date }>;
  /** Uses up a code. Returns undefined for a code that is wrong, used or expired. Of several calls at once, one gets the login. */
  redeem(code: string): Promise<CodeLogin | undefined>;
}

interface DeviceCodesOptions {
  client: Pick<DynamoDb, "call">;
  tableName: string;
  tokenKeys: () => Promise<TokenKeys>;
  now?: () => number;
}

/**
 * A code is stored only as a keyed hash: whoever reads the table cannot find the code by trying all of them. One item
 * leads from the hash to the owner. The owner's item of devices names the one code that counts, and one conditional
 * write uses it up.
 */
export function createDeviceCodes(options: DeviceCodesOptions): DeviceCodes {
  const { client, tableName, tokenKeys, now = Date.now } = options;

  async function hashOf(code: string): Promise<string> {
    const { keys, epoch } = await tokenKeys();
    const [newest] = keys;
    if (newest === undefined) throw new Error("The signing secret has no key.");
    // A new epoch ends every session, so it also ends every code.
    const text = `device-code:${epoch}:${normalise(code)}`;
    return createHmac("sha256", newest.key).update(text).digest("hex");
  }

  const codeKey = (hash: string): Item => ({ pk: { S: `device-code#${hash}` } });

  return {
    async issue({ owner, authenticatedAt }) {
      const code = randomCode();
      const hash = await hashOf(code);
      const expiresAt = new Date(now() + codeMs);
      const end = Math.ceil(expiresAt.getTime() / 1_000) + expirySlackSeconds;
      await client.call("UpdateItem", {
        TableName: tableName,
        Key: codeKey(hash),
        UpdateExpression: "SET code_owner = :owner, expires_at = :end",
        ExpressionAttributeValues: { ":owner": { S: owner }, ":end": { N: String(end) } },
      });
      await client.call("UpdateItem", {
        TableName: tableName,
        Key: devicesKey(owner),
        // The owner's own session has written the item's expires_at, which is months away.
        UpdateExpression:
          "SET code_hash = :hash, code_expires_ms = :expires, code_authenticated_ms = :authenticated, " +
          "expires_at = if_not_exists(expires_at, :end)",
        ExpressionAttributeValues: {
          ":hash": { S: hash },
          ":expires": { N: String(expiresAt.getTime()) },
          ":authenticated": { N: String(authenticatedAt.getTime()) },
          ":end": { N: String(end) },
        },
      });
      return { code, expiresAt };
    },

    async redeem(code) {
      const hash = await hashOf(code);
      const { Item: found } = await client.call("GetItem", {
        TableName: tableName,
        Key: codeKey(hash),
        ConsistentRead: true,
      });
      const stored = found?.code_owner;
      // An unknown code goes the same way to the end, so that the time tells nothing.
      const owner = stored && "S" in stored ? stored.S : "";
      try {
        const { Attributes: before } = await client.call("UpdateItem", {
          TableName: tableName,
          Key: devicesKey(owner),
          UpdateExpression: `REMOVE ${codeAttributes}`,
          ConditionExpression: "code_hash = :hash AND code_expires_ms > :now",
          ExpressionAttributeValues: { ":hash": { S: hash }, ":now": { N: String(now()) } },
          ReturnValues: "ALL_OLD",
        });
        return { owner, authenticatedAt: new Date(numberIn(before, "code_authenticated_ms") ?? 0) };
      } catch (error) {
        if (isRefusedByCondition(error)) return undefined;
        throw error;
      }
    },
  };
}

/** Returns a code as people read and speak it: two groups of five. */
function randomCode(): string {
  const signs = Array.from({ length: codeLength }, () => alphabet[randomInt(alphabet.length)]);
  return `${signs.slice(0, codeLength / 2).join("")}-${signs.slice(codeLength / 2).join("")}`;
}

const normalise = (code: string): string => code.replace(/[\s\-–—]/g, "").toUpperCase();
