import { createDeviceCodes } from "#lib/auth/device-codes.ts";
import { createDevices } from "#lib/auth/devices.ts";
import { createOperatorSessions, type OperatorSessions } from "#lib/auth/operator-session.ts";
import { createRevocations } from "#lib/auth/revocations.ts";
import { createSessions, type Sessions } from "#lib/auth/sessions.ts";
import { createConversationStore } from "#lib/conversations/conversation-store.ts";
import { createShareStore } from "#lib/conversations/share-store.ts";
import { createDocumentStore, type DocumentStore } from "#lib/documents/document-store.ts";
import { createApiKeyStore } from "#lib/keys/api-key-store.ts";
import { createKeyHolders } from "#lib/keys/key-holders.ts";
import { createKnownKeys } from "#lib/keys/known-keys.ts";
import type { CallerDependencies } from "#lib/keys/require-caller.ts";
import { createNoteStore } from "#lib/notes/note-store.ts";
import { createOwnerSettingsStore } from "#lib/owner-settings/owner-settings-store.ts";
import { createClientAddress } from "#lib/platform/client-address.ts";
import { type Config, readConfig } from "#lib/platform/config.ts";
import { createDynamoDb } from "#lib/platform/dynamodb.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import { createDatabase, type Database } from "#lib/platform/postgres.ts";
import { createPreparation } from "#lib/platform/preparation.ts";
import { createSecrets } from "#lib/platform/secrets.ts";
import { createTelemetry, type RequestTelemetry } from "#lib/platform/telemetry.ts";
import { type Bucket, createBucket } from "#lib/rate-limit/bucket.ts";
import { bucketRules } from "#lib/rate-limit/bucket-rules.ts";
import { createDynamoDbBucketStore } from "#lib/rate-limit/dynamodb-bucket-store.ts";
import { deleteThreads } from "#lib/thread/delete-threads.ts";

/** What every route with sessions needs. */
export interface SessionDependencies {
  telemetry: RequestTelemetry;
  sessions: Sessions;
  publicOrigin: string | undefined;
}

/** What every route with sessions and a rate limit needs. */
export interface LimitedDependencies extends SessionDependencies {
  bucket: Bucket;
  addressOf: (request: HttpRequest) => Promise<string>;
}

/** What a route of documents needs: the settings, and the methods of the store that the route calls. */
export interface DocumentDependencies<Method extends keyof DocumentStore = keyof DocumentStore> {
  settings: Pick<Config["documents"], "isOn" | "fileBytes" | "owner" | "site">;
  documents: Pick<DocumentStore, Method>;
}

export type BucketName = keyof ReturnType<typeof bucketRules>;

/**
 * Connects a route to AWS as the environment says. A handler calls this once, when its instance starts, and awaits
 * `preparation.finish()` at its end: Lambda freezes an instance between its start and its first request.
 * These are separate functions, so that the bundle of a route holds only what that route uses.
 */
export function createSessionDependencies(route: string) {
  const config = readConfig();
  const telemetry = createTelemetry(route);
  const secrets = createSecrets(config, { telemetry });
  const dynamodb = createDynamoDb(config);
  const preparation = createPreparation();
  preparation.add(secrets.tokenKeys(), dynamodb.connect());
  const table = { client: dynamodb, tableName: config.rateLimitTable };
  const devices = createDevices(table);
  const sessions = createSessions({
    tokenKeys: secrets.tokenKeys,
    revocations: createRevocations(table),
    devices,
    secureCookie: config.environment === "aws",
    telemetry,
  });
  const { publicOrigin } = config;
  return { config, telemetry, secrets, dynamodb, devices, sessions, publicOrigin, preparation };
}

type RealDependencies = ReturnType<typeof createSessionDependencies>;

export function createLimitedDependencies(route: string, bucketName: BucketName) {
  const dependencies = createSessionDependencies(route);
  const bucket = createRouteBucket(dependencies, bucketName);
  dependencies.preparation.add(dependencies.secrets.originApiKey());
  return { ...dependencies, bucket, addressOf: createClientAddress(dependencies.secrets) };
}

/** What a route needs that programs with keys may use, too. */
export interface CallerRouteDependencies extends LimitedDependencies, CallerDependencies {}

export function createCallerDependencies(route: string, bucketName: BucketName) {
  const dependencies = createLimitedDependencies(route, bucketName);
  const database = createRouteDatabase(dependencies);
  return {
    ...{ ...dependencies, database },
    keys: createKnownKeys(createKeyHolders(database), dependencies.config.keyKeptSeconds * 1_000),
    keyFailures: createRouteBucket(dependencies, "keyFailures"),
  };
}

/** What the routes of operators need: sessions of their own, and a rate limit. */
export interface OperatorDependencies extends Omit<LimitedDependencies, "sessions"> {
  operators: OperatorSessions;
}

export function createOperatorSession(route: string) {
  const config = readConfig();
  const telemetry = createTelemetry(route);
  const secrets = createSecrets(config, { telemetry });
  const dynamodb = createDynamoDb(config);
  const preparation = createPreparation();
  preparation.add(secrets.tokenKeys(), dynamodb.connect());
  const operators = createOperatorSessions({
    tokenKeys: secrets.tokenKeys,
    revocations: createRevocations({ client: dynamodb, tableName: config.rateLimitTable }),
    secureCookie: config.environment === "aws",
    telemetry,
  });
  const { publicOrigin } = config;
  return { config, telemetry, secrets, dynamodb, operators, publicOrigin, preparation };
}

export function createOperatorDependencies(route: string, bucketName: BucketName) {
  const dependencies = createOperatorSession(route);
  const bucket = createRouteBucket(dependencies, bucketName);
  dependencies.preparation.add(dependencies.secrets.originApiKey());
  return { ...dependencies, bucket, addressOf: createClientAddress(dependencies.secrets) };
}

export function createRouteBucket(
  { config, dynamodb, telemetry }: Pick<RealDependencies, "config" | "dynamodb" | "telemetry">,
  name: BucketName,
): Bucket {
  const store = createDynamoDbBucketStore({ client: dynamodb, tableName: config.rateLimitTable });
  return createBucket({ ...bucketRules(config)[name], store, telemetry });
}

export const createRouteDeviceCodes = ({ config, dynamodb, secrets }: RealDependencies) =>
  createDeviceCodes({
    client: dynamodb,
    tableName: config.rateLimitTable,
    tokenKeys: secrets.tokenKeys,
  });

/** Returns the route's database, which a route of callers has already. */
export function createRouteDatabase({
  config,
  secrets,
  preparation,
  database: own,
}: Pick<RealDependencies, "config" | "secrets" | "preparation"> & { database?: Database }) {
  if (own) return own;
  const database = createDatabase({ url: secrets.databaseUrl, endpoint: config.endpoints.neon });
  preparation.add(database.connect());
  return database;
}

export const createConversations = (dependencies: RealDependencies) =>
  createConversationStore({
    database: createRouteDatabase(dependencies),
    deleteThreads,
    maxStoredBytes: dependencies.config.ownerBounds.storedBytes,
  });

export const createShares = (dependencies: RealDependencies) =>
  createShareStore({
    database: createRouteDatabase(dependencies),
    bounds: dependencies.config.ownerBounds,
  });

export const createNotes = (dependencies: RealDependencies) =>
  createNoteStore(createRouteDatabase(dependencies));

export const createApiKeys = (dependencies: RealDependencies) =>
  createApiKeyStore(createRouteDatabase(dependencies));

export const createOwnerSettings = (dependencies: RealDependencies) =>
  createOwnerSettingsStore(createRouteDatabase(dependencies));

/** Without the objects in S3: a function whose code could load the SDK's client of S3 loads more of the SDK's core at its start. */
export function createDocuments(dependencies: RealDependencies): DocumentDependencies {
  const settings = dependencies.config.documents;
  const quotas = { own: settings.owner, site: settings.site };
  return {
    settings,
    documents: createDocumentStore(createRouteDatabase(dependencies), quotas),
  };
}
