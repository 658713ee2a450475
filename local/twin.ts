import { mkdirSync } from "node:fs";
import { join, parse as parsePath } from "node:path";
import packageJson from "../package.json" with { type: "json" };
import {
  rateLimitTable,
  secretPrefix,
  startDatabase,
  startRateLimitTable,
} from "./backing-services.ts";
import type { ModelChoice } from "./bedrock/model-choice.ts";
import type { Pace } from "./bedrock/pace.ts";
import type { BedrockServer } from "./bedrock/server.ts";
import { createFunctionBuilds } from "./builds/function-builds.ts";
import { buildPage, pageDirectory } from "./builds/page-build.ts";
import { type DeployedFunction, readDeployment, type UsagePlan } from "./deployment.ts";
import { startDocumentation } from "./documentation/documentation-site.ts";
import type { DynamoDbServer } from "./dynamodb.ts";
import { choosePorts, startEntryPoints } from "./entry-points.ts";
import { startLambdaHost } from "./lambda/lambda-host.ts";
import type { FrozenProcesses } from "./lambda/sandbox-pool.ts";
import type { LibraryInput } from "./library/library-thread.ts";
import { createProjectLibrary } from "./library/project-library.ts";
import { type McpServerPart, startMcpServer } from "./mcp/start-mcp-server.ts";
import { startModel } from "./model.ts";
import type { NeonServer } from "./neon/start-neon.ts";
import { lockFolder } from "./postgres/folder-lock.ts";
import type { PostgresServer } from "./postgres/start-postgres.ts";
import type { S3Server } from "./s3/start-s3.ts";
import { invokeBySchedule } from "./schedules.ts";
import type { SecretsServer } from "./secrets.ts";
import { refuseUnusableBudgets } from "./settings.ts";
import { closePart, createPartStarter, type StartPart, startTogether } from "./start-parts.ts";
import { loadTwinSecrets } from "./twin-secrets.ts";
import { startWebSearch } from "./web-search/start-web-search.ts";
import { startWebhookReceiver, type WebhookReceiver } from "./webhook-receiver.ts";

export interface TwinOptions {
  /** Port of the page. The function URL and S3 listen on the two ports after it. 0 means any free ports. */
  port: number;
  /** Folder of everything that survives a stop. Only one twin at a time can use it. */
  dataDirectory: string;
  modelProvider: string;
  /** Password of the page. Default: the twin's own. */
  password?: string | undefined;
  /** Speed of the demo model. Default: the speed of a small model in the cloud. */
  pace?: Pace | undefined;
  /** The pages of this project's documentation that become documents of the site. Default: none. */
  library?: LibraryInput["pages"] | undefined;
  /** `false` when no one misses the data after a power cut: PostgreSQL then does not wait for the disk. */
  fsync?: boolean | undefined;
  /** Variables of the functions. They override the twin's. */
  environment?: Record<string, string> | undefined;
  /** Replaces the usage plan of serverless.yml in tests that send more than it allows. */
  usagePlan?: UsagePlan | undefined;
  /** Returns the client address of the next request, in tests that send more than one address may. */
  viewerAddress?: (() => string) | undefined;
  /** How long Lambda waits before it repeats a failed event. Default: as long as in AWS, which tests do not wait for. */
  eventRetryMs?: readonly number[] | undefined;
  /** Called when a part runs. */
  onPart?: ((part: string, where: string) => void) | undefined;
  /** Called with each message of a part, and with one short line for each error that a function logs. */
  log?: ((line: string) => void) | undefined;
}

/** The whole system on this machine. */
export interface Twin {
  /** Address of the page and the API, for a browser. */
  url: string;
  functionUrl: string;
  /** Address of the API behind CloudFront, for programs with an API key. */
  gatewayUrl: string;
  /** Address of Lambda's Invoke API. */
  lambdaEndpoint: string;
  password: string;
  /** Opens the page `/operator`. */
  operatorPassword: string;
  apiKeys: { cloudFront: string; program: string };
  model: ModelChoice;
  /** Folder with one log file per function. */
  logsDirectory: string;
  /**
   * Resolves with the names of the functions that this start has bundled. A request for a function that is not yet bundled
   * waits. Rejects if a bundle cannot be built.
   */
  bundled: Promise<string[]>;
  /** Resolves when the library is filled with the names of the documents that this start has added or removed. Never rejects. */
  libraryFilled: Promise<string[]>;
  /** For tests, which inspect the parts and inject faults. */
  parts: {
    postgres: PostgresServer;
    neon: NeonServer;
    dynamodb: DynamoDbServer;
    secrets: SecretsServer;
    bedrock: BedrockServer;
    webhook: WebhookReceiver;
    mcp: McpServerPart;
    s3: S3Server;
  };
  /** Invokes a function as its schedule does. Resolves when the function has ended. @throws InvocationFailed */
  functionInvoke(name: string): Promise<void>;
  /** Sends SIGKILL to every process of a function. Returns the number of processes. */
  functionKill(name: string): Promise<number>;
  /** Sends SIGSTOP to every process of a function that handles a request. */
  functionFreeze(name: string): FrozenProcesses;
  /** The next requests run the bundles that are on disk now. */
  reloadFunctions(): Promise<void>;
  stop(): Promise<void>;
}

const root = join(import.meta.dirname, "..");
const compileCache = join(root, "node_modules", ".cache", "compile-cache");

/**
 * Starts every part. Independent parts start concurrently.
 * @throws Error with one sentence for the user where the user can help; all started parts are stopped first
 */
export async function startTwin(options: TwinOptions): Promise<Twin> {
  await using started = new AsyncDisposableStack();
  const { dataDirectory, onPart = () => {}, log = () => {} } = options;
  const startPart = createPartStarter(started, onPart);
  makeDataDirectory(dataDirectory);
  const lock = lockFolder(dataDirectory);
  started.defer(() => lock.release());
  const ports = await choosePorts(options.port);
  const secrets = await loadTwinSecrets(dataDirectory);
  const password = options.password ?? secrets.password;
  const deployment = readDeployment();

  const [{ databaseUrl, ...database }, dynamodb, model, webhook, documentation, mcp] =
    await startTogether(
      startDatabase(startPart, { dataDirectory, secrets, password, fsync: options.fsync, log }),
      startRateLimitTable(startPart, { dataDirectory, log }),
      startModelPart(startPart, options),
      startPart(
        "Sample webhook",
        startWebhookReceiver({ log }),
        closePart,
        ({ address }) => address,
      ),
      startDocumentationAndSearch(startPart),
      startPart("Sample tools", startMcpServer(), closePart, ({ address }) => `${address}, of MCP`),
      startPart("Page", buildPage(), closeNothing, describePage),
    );

  database.secrets.set(`${secretPrefix}/mcp-servers`, { servers: [sampleServerOf(mcp)] });
  model.setGuide(`${documentation.LOCAL_DOCUMENTATION_URL}/docs/connect-a-model`);

  const logsDirectory = join(dataDirectory, "logs");
  const environment: Record<string, string> = {
    ...functionEnvironment({ ...database, dynamodb }),
    TOOL_WEB_SEARCH: "amazon",
    TOOL_SQL_QUERY: "on",
    ...documentation,
    TOOL_MCP: "on",
    WEBHOOKS: JSON.stringify({ sample: webhook.address }),
    ...model.environment,
    ...options.environment,
  };
  refuseUnusableBudgets(environment);
  const builds = createFunctionBuilds(deployment.functions.map(({ name }) => name));
  started.defer(() => builds.stop());
  const host = startLambdaHost({
    functions: deployment.functions.map(toFunctionSettings),
    bundling: builds.bundling,
    environment,
    hasOwnKeys: model.choice.provider !== "bedrock",
    logsDirectory,
    onError: log,
  });
  started.defer(() => host.stop());
  model.bedrock.killCaller = host.killOne;
  const { s3, ...addresses } = await startEntryPoints(startPart, {
    ports,
    deployment: { ...deployment, usagePlan: options.usagePlan ?? deployment.usagePlan },
    host,
    secrets,
    viewerAddress: options.viewerAddress,
    eventRetryMs: options.eventRetryMs,
    dataDirectory,
    log,
  });
  // Set after these three have their ports. No function starts before the first request.
  environment.LOCAL_S3_ENDPOINT = s3.endpoint;
  environment.LOCAL_LAMBDA_ENDPOINT = addresses.lambdaEndpoint;
  environment.PUBLIC_ORIGIN ??= addresses.url;
  // Last, because a build takes processor time from the other parts, and the page answers without a function.
  const bundled = builds.start();
  // The caller of startTwin gets a failure from the promise itself.
  void bundled.then(
    (built) => onPart("Functions", describeFunctions(built)),
    () => {},
  );
  const library = createProjectLibrary();
  started.defer(() => library.close());
  const fillLibrary = async (): Promise<string[]> => {
    try {
      const input = { environment, databaseUrl, pages: options.library ?? [] };
      const changed = await library.fill(input);
      if (changed.length > 0) onPart("Library", describeLibrary(changed));
      return changed;
    } catch (error) {
      log(`The documents do not hold all of this project's documentation: ${error}`);
      return [];
    }
  };
  const libraryFilled = bundled.then(fillLibrary, () => []);

  const running = started.move();
  return {
    ...addresses,
    password,
    operatorPassword: secrets.operatorPassword,
    apiKeys: { cloudFront: secrets.originApiKey, program: secrets.programApiKey },
    model: model.choice,
    logsDirectory,
    bundled,
    libraryFilled,
    parts: { ...database, dynamodb, bedrock: model.bedrock, webhook, mcp, s3 },
    functionInvoke: (name) => invokeBySchedule(host, name),
    functionKill: (name) => host.kill(name),
    functionFreeze: (name) => host.freeze(name),
    reloadFunctions: () => host.retire(),
    stop: () => running.disposeAsync(),
  };
}

function makeDataDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw new Error(
      `The data folder ${path} cannot be created. Set LOCAL_DATA_DIR to a folder that this user may write.`,
      { cause },
    );
  }
}

function functionEnvironment({
  neon,
  dynamodb,
  secrets,
}: Pick<Twin["parts"], "neon" | "dynamodb" | "secrets">): Record<string, string> {
  return {
    ENVIRONMENT: "local",
    SERVICE_VERSION: packageJson.version,
    SECRET_PREFIX: secretPrefix,
    RATE_LIMIT_TABLE: rateLimitTable,
    POWERTOOLS_SERVICE_NAME: `${packageJson.name}-local`,
    LOCAL_NEON_ENDPOINT: neon.sqlEndpoint,
    LOCAL_NEON_WEBSOCKET: `http://${neon.websocketProxy}`,
    LOCAL_DYNAMODB_ENDPOINT: dynamodb.endpoint,
    LOCAL_SECRETS_ENDPOINT: secrets.endpoint,
    // Lambda sets no such cache. Here all parts share one processor; the cache makes cold starts as short as in Lambda.
    NODE_COMPILE_CACHE: compileCache,
  };
}

async function startModelPart(startPart: StartPart, { modelProvider, pace }: TwinOptions) {
  return startPart(
    "Bedrock",
    startModel({ provider: modelProvider, pace }),
    ({ bedrock }) => bedrock.close(),
    ({ choice, bedrock }) => (choice.provider === "bedrock" ? choice.region : bedrock.endpoint),
  );
}

/** Starts the site with this project's documentation, and the web search that finds nothing else. Returns their variables. */
async function startDocumentationAndSearch(startPart: StartPart) {
  const site = await startPart(
    "Documentation",
    startDocumentation(),
    closePart,
    ({ address }) => address,
  );
  const search = await startPart(
    "Web search",
    startWebSearch(site.address),
    closePart,
    ({ endpoint }) => `${endpoint}, of the documentation`,
  );
  return { LOCAL_DOCUMENTATION_URL: site.address, LOCAL_WEB_SEARCH_ENDPOINT: search.endpoint };
}

/** Only watering a plant changes something, so a person is asked before. */
const sampleServerOf = ({ address, authorization }: McpServerPart) => ({
  name: "sample",
  url: address,
  headers: { authorization },
  reads: ["roll_dice", "convert_units", "count_slowly", "office_plants"],
});

function toFunctionSettings({ name, handler, timeoutSeconds, memoryMb }: DeployedFunction) {
  const { dir, name: file, ext } = parsePath(handler);
  return {
    name,
    bundle: join(root, dir, `${file}.mjs`),
    exportName: ext.slice(1),
    timeoutSeconds,
    memoryMb,
  };
}

function describeFunctions(built: string[]): string {
  return built.length === 0 ? "unchanged" : `built ${built.join(", ")}`;
}

const describeLibrary = (changed: string[]) =>
  `${changed.length} ${changed.length === 1 ? "page" : "pages"} of this project's documentation`;

function describePage(isBuilt: boolean): string {
  return `${pageDirectory}${isBuilt ? ", built" : ""}`;
}

const closeNothing = async () => {};
