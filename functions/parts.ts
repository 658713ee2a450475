import { createRevocations } from "#lib/auth/revocations.ts";
import { createSessions, type Sessions } from "#lib/auth/sessions.ts";
import { createConversationStore } from "#lib/conversations/conversation-store.ts";
import { createClientAddress } from "#lib/platform/client-address.ts";
import { readConfig } from "#lib/platform/config.ts";
import { createDynamoDb } from "#lib/platform/dynamodb.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import { createDatabase } from "#lib/platform/postgres.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { createTelemetry, type RequestTelemetry } from "#lib/platform/telemetry.ts";
import { type Bucket, createBucket } from "#lib/rate-limit/bucket.ts";
import { bucketRules } from "#lib/rate-limit/bucket-rules.ts";
import { createDynamoDbBucketStore } from "#lib/rate-limit/dynamodb-bucket-store.ts";
import { deleteThreads } from "#lib/thread/delete-threads.ts";

/** What every route with sessions is given. */
export interface SessionParts {
  telemetry: RequestTelemetry;
  sessions: Sessions;
  publicOrigin: string | undefined;
}

/** What every route with sessions and a bucket is given. */
export interface LimitedParts extends SessionParts {
  bucket: Bucket;
  addressOf: (request: HttpRequest) => Promise<string>;
}

type BucketName = keyof ReturnType<typeof bucketRules>;

/** The real parts of a route, from the environment, once for each instance. A function's bundle holds only what it calls. */
export function sessionParts(route: string) {
  const config = readConfig();
  const telemetry = createTelemetry(route);
  const secrets = createSecrets(config, { telemetry });
  const dynamodb = createDynamoDb(config);
  const sessions = createSessions({
    tokenKeys: secrets.tokenKeys,
    revocations: createRevocations({ client: dynamodb, tableName: config.rateLimitTable }),
    secureCookie: config.environment === "aws",
    telemetry,
  });
  return { config, telemetry, secrets, dynamodb, sessions, publicOrigin: config.publicOrigin };
}

type RealParts = ReturnType<typeof sessionParts>;

export function bucketOf({ config, dynamodb, telemetry }: RealParts, name: BucketName): Bucket {
  const store = createDynamoDbBucketStore({ client: dynamodb, tableName: config.rateLimitTable });
  return createBucket({ ...bucketRules(config)[name], store, telemetry });
}

export function limitedParts(route: string, bucketName: BucketName) {
  const parts = sessionParts(route);
  const addressOf = createClientAddress(parts.secrets);
  return { ...parts, bucket: bucketOf(parts, bucketName), addressOf };
}

export const databaseOf = ({ config, secrets }: Pick<RealParts, "config" | "secrets">) =>
  createDatabase({ url: secrets.databaseUrl, endpoint: config.endpoints.neon });

export const conversationsOf = (parts: RealParts) =>
  createConversationStore({ database: databaseOf(parts), deleteThreads });
