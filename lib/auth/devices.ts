import { type DynamoDb, type Item, numberIn } from "#lib/platform/dynamodb.ts";
import { cookieMaxAgeSeconds } from "./session-cookie.ts";

/** A browser or program whose session, or whose memory of an ended session, identifies the owner. */
export interface Device {
  sessionId: string;
  name: string | undefined;
  signedInAt: Date;
  /** Written with the hourly renewal of the session. */
  lastUsedAt: Date;
}

interface DeviceUse {
  owner: string;
  sessionId: string;
  name: string | undefined;
  at: Date;
  /** The expired session of the same browser, whose place the new session takes. */
  insteadOf?: string | undefined;
}

/** The devices of each owner. */
export interface Devices {
  /** Adds a device, or notes that a listed device was used. */
  record(use: DeviceUse): Promise<void>;
  /** The last used first. */
  list(owner: string): Promise<Device[]>;
  /** Removes a device, and the owner's code with it: whoever holds the device may have made the code. */
  remove(device: { owner: string; sessionId: string }): Promise<void>;
}

/** The item that holds an owner's devices. */
export const devicesKey = (owner: string): Item => ({ pk: { S: `devices#${owner}` } });

/** As long as a browser's cookie identifies its owner. */
const rememberedMs = cookieMaxAgeSeconds * 1_000;

/**
 * Stores one item for each owner in the rate limit's table, beside the revocations: each device has three attributes
 * that end with its session's id. DynamoDB's TTL deletes the item when every device is forgotten.
 */
export function createDevices({
  client,
  tableName,
  now = Date.now,
}: {
  client: Pick<DynamoDb, "call">;
  tableName: string;
  now?: () => number;
}): Devices {
  return {
    async record({ owner, sessionId, name, at, insteadOf }) {
      const nowSeconds = { N: String(Math.floor(at.getTime() / 1_000)) };
      const sets = [
        "#created = if_not_exists(#created, :now)",
        "#used = :now",
        "expires_at = :end",
      ];
      if (name !== undefined) sets.push("#name = :name");
      await client.call("UpdateItem", {
        TableName: tableName,
        Key: devicesKey(owner),
        UpdateExpression: `SET ${sets}${insteadOf === undefined ? "" : ` REMOVE ${removals}`}`,
        ExpressionAttributeNames: {
          "#created": `created:${sessionId}`,
          "#used": `used:${sessionId}`,
          ...(name !== undefined && { "#name": `name:${sessionId}` }),
          ...(insteadOf !== undefined && removedNames(insteadOf)),
        },
        ExpressionAttributeValues: {
          ":now": nowSeconds,
          ":end": { N: String(Math.ceil((at.getTime() + rememberedMs) / 1_000)) },
          ...(name !== undefined && { ":name": { S: name } }),
        },
      });
    },

    async list(owner) {
      const { Item: item } = await client.call("GetItem", {
        TableName: tableName,
        Key: devicesKey(owner),
        ConsistentRead: true,
      });
      const forgottenBefore = now() - rememberedMs;
      return Object.keys(item ?? {})
        .filter((attribute) => attribute.startsWith("used:"))
        .map((attribute) => readDevice(item, attribute.slice("used:".length)))
        .filter(({ lastUsedAt }) => lastUsedAt.getTime() > forgottenBefore)
        .sort((one, other) => other.lastUsedAt.getTime() - one.lastUsedAt.getTime());
    },

    async remove({ owner, sessionId }) {
      await client.call("UpdateItem", {
        TableName: tableName,
        Key: devicesKey(owner),
        UpdateExpression: `REMOVE ${removals}, ${codeAttributes}`,
        ExpressionAttributeNames: removedNames(sessionId),
      });
    },
  };
}

/** What the item of an owner's devices holds of the code that logs in another one. */
export const codeAttributes = "code_hash, code_expires_ms, code_authenticated_ms";

const removals = "#oldCreated, #oldUsed, #oldName";
const removedNames = (sessionId: string) => ({
  "#oldCreated": `created:${sessionId}`,
  "#oldUsed": `used:${sessionId}`,
  "#oldName": `name:${sessionId}`,
});

function readDevice(item: Item | undefined, sessionId: string): Device {
  const name = item?.[`name:${sessionId}`];
  const timeOf = (what: string) => new Date((numberIn(item, `${what}:${sessionId}`) ?? 0) * 1_000);
  return {
    sessionId,
    name: name && "S" in name ? name.S : undefined,
    signedInAt: timeOf("created"),
    lastUsedAt: timeOf("used"),
  };
}

/** Returns the id of a device on the wire: the sixteen bytes of its session's id, written as a UUID. */
export function deviceIdOf(sessionId: string): string {
  const hex = Buffer.from(sessionId, "base64url").toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export const sessionIdOf = (deviceId: string): string =>
  Buffer.from(deviceId.replaceAll("-", ""), "hex").toString("base64url");
