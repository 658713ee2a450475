import { mkdirSync } from "node:fs";
import { join, parse as parsePath } from "node:path";
import { migrate } from "#migrations/migrate.ts";
import { buildFunctions } from "../esbuild.config.mjs";
import packageJson from "../package.json" with { type: "json" };
import type { ModelChoice } from "./bedrock/model-choice.ts";
import type { Pace } from "./bedrock/pace.ts";
import type { BedrockServer } from "./bedrock/server.ts";
import { type DeployedFunction, readDeployment, type UsagePlan } from "./deployment.ts";
import { type DynamoDbServer, ensureTable, startDynamoDb } from "./dynamodb.ts";
import { buildPage, pageDirectory } from "./front-door/build-page.ts";
import { startFrontDoor } from "./front-door/front-door.ts";
import { startFunctionUrl } from "./function-url.ts";
import { startGateway } from "./gateway/gateway.ts";
import { requireFreePort } from "./http/listen.ts";
import { startLambdaHost } from "./lambda/lambda-host.ts";
import type { FrozenProcesses } from "./lambda/sandbox-pool.ts";
import { startModel } from "./model.ts";
import { type NeonServer, startNeon } from "./neon/start-neon.ts";
import { lockFolder } from "./postgres/folder-lock.ts";
import { type PostgresServer, startPostgres } from "./postgres/start-postgres.ts";
import { invokeBySchedule, startSchedules } from "./schedules.ts";
import { type SecretsServer, startSecrets } from "./secrets.ts";
import { createPartStarter, type StartPart, startTogether } from "./start-parts.ts";
import { loadTwinSecrets, type TwinSecrets } from "./twin-secrets.ts";

export interface TwinOptions {
  /** Of the page; the function URL takes the next one. 0: any free ones. */
  port: number;
  /** Holds all that outlives a stop. Only one twin at a time can use it. */
  dataDirectory: string;
  modelProvider: string;
  /** Of the page; without it the twin's own. */
  password?: string | undefined;
  /** How fast the demo model answers; without it as fast as a real one. */
  pace?: Pace | undefined;
  /** Wins over what the functions find in their environment otherwise. */
  environment?: Record<string, string> | undefined;
  /** In place of the one in serverless.yml, for tests that send more than that allows. */
  usagePlan?: UsagePlan | undefined;
  /** The address of the next request at the front door, for tests that send more than one address may. */
  viewerAddress?: (() => string) | undefined;
  /** Hears of every part as it comes up. */
  onPart?: ((part: string, where: string) => void) | undefined;
  /** Hears what a part has to tell, and a short line for each error that a function logs. */
  onNote?: ((line: string) => void) | undefined;
}

/** The whole system on this machine. */
export interface Twin {
  /** Of the page and the API, as a browser opens it. */
  url: string;
  functionUrl: string;
  /** What stands behind the front door, for programs with an API key. */
  gatewayUrl: string;
  password: string;
  apiKeys: { cloudFront: string; program: string };
  model: ModelChoice;
  /** Holds a file for each function. */
  logsDirectory: string;
  /** For tests, which look into them and set their faults. */
  parts: {
    postgres: PostgresServer;
    neon: NeonServer;
    dynamodb: DynamoDbServer;
    secrets: SecretsServer;
    bedrock: BedrockServer;
  };
  /** Calls a function now as its schedule would; resolves when it has ended. @throws InvocationFailed */
  functionInvoke(name: string): Promise<void>;
  /** SIGKILL to every process of a function; how many there were. */
  functionKill(name: string): Promise<number>;
  /** SIGSTOP to every process of a function that answers, until they are thawed. */
  functionFreeze(name: string): FrozenProcesses;
  /** The next requests run the bundles that are on disk then. */
  reloadFunctions(): Promise<void>;
  stop(): Promise<void>;
}

type Note = (line: string) => void;

const root = join(import.meta.dirname, "..");
const compileCache = join(root, "node_modules", ".cache", "compile-cache");
const secretPrefix = "enterprise-agentic-ai";
const tableName = "rate-limit";
const database = "app";
const role = "app";

/**
 * Starts every part, those that do not need each other side by side.
 * @throws Error in one sentence where a person can mend it; whatever had started is stopped again
 */
export async function startTwin(options: TwinOptions): Promise<Twin> {
  await using started = new AsyncDisposableStack();
  const { dataDirectory, onPart = () => {}, onNote = () => {} } = options;
  const open = createPartStarter(started, onPart);
  mkdirSync(dataDirectory, { recursive: true });
  const lock = lockFolder(dataDirectory);
  started.defer(() => lock.release());
  const ports = await choosePorts(options.port);
  const own = await loadTwinSecrets(dataDirectory);
  const password = options.password ?? own.password;
  const deployment = readDeployment();

  const [{ postgres, neon, secrets }, dynamodb, model] = await startTogether(
    openDatabase(open, { ...options, own, password, onNote }),
    openDynamoDb(open, dataDirectory, onNote),
    openModel(open, options),
    open("Bundles", buildFunctions(), nothing, describeBundles),
    open("Page", buildPage(), nothing, (built) => `${pageDirectory}${built ? ", built" : ""}`),
  );

  const logsDirectory = join(dataDirectory, "logs");
  const environment: Record<string, string> = {
    ENVIRONMENT: "local",
    SERVICE_VERSION: packageJson.version,
    SECRET_PREFIX: secretPrefix,
    RATE_LIMIT_TABLE: tableName,
    POWERTOOLS_SERVICE_NAME: `${packageJson.name}-local`,
    LOCAL_NEON_ENDPOINT: neon.sqlEndpoint,
    LOCAL_DYNAMODB_ENDPOINT: dynamodb.endpoint,
    LOCAL_SECRETS_ENDPOINT: secrets.endpoint,
    // Not in Lambda: it only makes cold starts here as short as there, where nobody else uses the processor.
    NODE_COMPILE_CACHE: compileCache,
    ...model.environment,
    ...options.environment,
  };
  const host = startLambdaHost({
    functions: deployment.functions.map(toSettings),
    environment,
    logsDirectory,
    onError: onNote,
  });
  started.defer(() => host.stop());
  const gateway = await open(
    "API Gateway",
    startGateway({
      deployment: { ...deployment, usagePlan: options.usagePlan ?? deployment.usagePlan },
      host,
      apiKeys: [own.originApiKey, own.programApiKey],
    }),
    close,
    ({ address }) => address,
  );
  const functionUrl = await open(
    "Function URL",
    startFunctionUrl({ ...ports.functionUrl, functionName: "chat-stream", host }),
    close,
    ({ port }) => localhost(port),
  );
  const frontDoor = await open(
    "CloudFront",
    startFrontDoor({
      ...ports.frontDoor,
      pageDirectory,
      gatewayAddress: gateway.address,
      apiKey: own.originApiKey,
      viewerAddress: options.viewerAddress,
    }),
    close,
    ({ port }) => localhost(port),
  );
  await open(
    "EventBridge",
    startSchedules(deployment.schedules, { host, onError: onNote }),
    close,
    () => deployment.schedules.map(({ functionName, rate }) => `${functionName} at ${rate}`).join(),
  );
  // Known only now, and no function runs before the first request.
  environment.PUBLIC_ORIGIN ??= localhost(frontDoor.port);

  const running = started.move();
  return {
    url: localhost(frontDoor.port),
    functionUrl: localhost(functionUrl.port),
    gatewayUrl: gateway.address,
    password,
    apiKeys: { cloudFront: own.originApiKey, program: own.programApiKey },
    model: model.choice,
    logsDirectory,
    parts: { postgres, neon, dynamodb, secrets, bedrock: model.bedrock },
    functionInvoke: (name) => invokeBySchedule(host, name),
    functionKill: (name) => host.kill(name),
    functionFreeze: (name) => host.freeze(name),
    reloadFunctions: () => host.retire(),
    stop: () => running.disposeAsync(),
  };
}

async function openDatabase(
  open: StartPart,
  options: { dataDirectory: string; own: TwinSecrets; password: string; onNote: Note },
) {
  const { own, password, onNote } = options;
  const postgres = await open(
    "PostgreSQL",
    startPostgres({ dataDirectory: join(options.dataDirectory, "postgres"), log: onNote }),
    (server) => server.stop(),
    (server) => `127.0.0.1:${server.port}, data in ${server.dataDirectory}`,
  );
  await postgres.createDatabase(database);
  await migrate({
    url: postgres.ownerUrl(database),
    runtimeRole: { name: role, password: own.databasePassword },
  });
  const neon = await open(
    "Neon",
    startNeon({ postgresPort: postgres.port }),
    close,
    ({ sqlEndpoint }) => sqlEndpoint,
  );
  const url = postgres.url(database, role, own.databasePassword);
  const secrets = await open(
    "Secrets Manager",
    startSecrets({
      [`${secretPrefix}/database-url`]: { url },
      [`${secretPrefix}/demo-password`]: { password },
      [`${secretPrefix}/auth-token-secret`]: {
        keys: [{ kid: "local", key: own.tokenKey }],
        epoch: 1,
      },
      [`${secretPrefix}/origin-api-key`]: { key: own.originApiKey },
    }),
    close,
    ({ endpoint }) => endpoint,
  );
  return { postgres, neon, secrets };
}

async function openDynamoDb(open: StartPart, dataDirectory: string, onNote: Note) {
  const dynamodb = await open(
    "DynamoDB",
    startDynamoDb({ path: join(dataDirectory, "dynamodb"), log: onNote }),
    close,
    ({ endpoint }) => endpoint,
  );
  await ensureTable(dynamodb.endpoint, tableName);
  return dynamodb;
}

async function openModel(open: StartPart, { modelProvider, pace }: TwinOptions) {
  return open(
    "Bedrock",
    startModel({ provider: modelProvider, pace }),
    ({ bedrock }) => bedrock.close(),
    ({ choice, bedrock }) => (choice.provider === "bedrock" ? choice.region : bedrock.endpoint),
  );
}

/** Taken ones are told before anything is started. */
async function choosePorts(port: number) {
  if (port === 0) return { frontDoor: {}, functionUrl: {} };
  const frontDoor = { port, setting: "PORT" };
  const functionUrl = { port: port + 1, setting: "PORT + 1, the function URL" };
  await requireFreePort(frontDoor);
  await requireFreePort(functionUrl);
  return { frontDoor, functionUrl };
}

function toSettings({ name, handler, timeoutSeconds, memoryMb }: DeployedFunction) {
  const { dir, name: file, ext } = parsePath(handler);
  return {
    name,
    bundle: join(root, dir, `${file}.mjs`),
    exportName: ext.slice(1),
    timeoutSeconds,
    memoryMb,
  };
}

function describeBundles(built: string[]): string {
  return built.length === 0 ? "unchanged" : `built ${built.join(", ")}`;
}

const localhost = (port: number) => `http://localhost:${port}`;
const close = (part: { close(): Promise<void> }) => part.close();
const nothing = async () => {};
