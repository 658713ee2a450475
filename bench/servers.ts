import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync } from "node:fs";
import { type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { lambdaEnvironment } from "#local/lambda/sandbox.ts";
import type { Build } from "./builds/build.ts";
import type { PageOrigin } from "./page/first-token.ts";
import type { Route, WireRequest } from "./processes/distance.ts";
import { type Program, startProgram } from "./processes/program.ts";
import type { Stores } from "./processes/services.ts";
import { answerTokens, chatPath, modelId } from "./workload.ts";

const run = promisify(execFile);
const processes = join(import.meta.dirname, "processes");

/** The processes that all servers share. */
export interface Commons {
  model: Program;
  modelEndpoint: string;
  services: Program;
  load: Program;
  /** Creates an empty database with this name, a table of buckets, and secrets. */
  createStores(name: string): Promise<Stores>;
}

/** A server under measurement. */
export interface Server {
  /** The process whose processor time and memory count. */
  program: Program;
  chatUrl: string;
  /** Returns the headers of a new session. A session is a new owner, so no run meets the bounds of one owner. */
  logIn(): Promise<Record<string, string>>;
  /** The origin of a second request, which streams the answer. */
  streamOrigin?: string;
}

const fileOf = (name: string): string => join(processes, `${name}.ts`);

export async function startCommons(cleanUp: AsyncDisposableStack): Promise<Commons> {
  const model = start(cleanUp, { file: fileOf("model") });
  const services = start(cleanUp, { file: fileOf("services"), environment: { ...process.env } });
  const load = start(cleanUp, { file: fileOf("load") });
  return {
    model,
    modelEndpoint: await model.call<string>("endpoint"),
    services,
    load,
    createStores: (name) => services.call<Stores>("createStores", name),
  };
}

/** Starts a process that ends with the benchmark. */
function start(
  cleanUp: AsyncDisposableStack,
  options: Parameters<typeof startProgram>[0],
): Program {
  const program = startProgram(options);
  cleanUp.defer(() => program.stop());
  return program;
}

/** A build with stores of its own, which that build has migrated. */
export interface PreparedBuild {
  build: Build;
  stores: Stores;
  environment: Record<string, string>;
  /** Starts a session, as a program or as a browser. Returns the headers that carry it. */
  logIn(use: "bearer" | "cookie"): Promise<Record<string, string>>;
}

/** An earlier build refuses a setting that it does not know. */
const namesConversations = ({ root }: Build): boolean =>
  readFileSync(join(root, "serverless.yml"), "utf8").includes("CHAT_TITLES");

/** Gives a build a database of its own, and starts its login function. */
export async function prepareBuild(
  build: Build,
  { createStores, modelEndpoint }: Pick<Commons, "createStores" | "modelEndpoint">,
  cleanUp: AsyncDisposableStack,
  name: string,
): Promise<PreparedBuild> {
  const stores = await createStores(name);
  await run(process.execPath, ["scripts/migrate.ts", "up"], {
    cwd: build.root,
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: stores.appUrl,
      DATABASE_URL_DIRECT: stores.ownerUrl,
    },
  });
  const environment = {
    ...stores.environment,
    ENVIRONMENT: "local",
    SERVICE_VERSION: "0.0.0",
    POWERTOOLS_SERVICE_NAME: "bench",
    LOCAL_BEDROCK_ENDPOINT: modelEndpoint,
    BEDROCK_MODEL_ID: modelId,
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
    PUBLIC_ORIGIN: "http://localhost:3000",
    // Neither baseline names a conversation. It would cost one more call of the model, after the turn's end.
    ...(namesConversations(build) && { CHAT_TITLES: "off" }),
    // One owner sends more than a person does. The defaults would refuse the 1,001st conversation, and end the budget.
    OWNER_CONVERSATIONS: "10000",
    OWNER_MEGABYTES: "1000",
    BUDGET_OWNER_DAY_USD: "1000",
    BUDGET_SITE_DAY_USD: "1000",
    BUDGET_SITE_MONTH_USD: "1000",
  };
  const login = start(cleanUp, functionProgram(build, "login", environment, "gateway"));
  const address = await login.call<string>("address");
  let logins = 0;
  return {
    build,
    stores,
    environment,
    async logIn(use) {
      logins += 1;
      const response = await postFrom(`127.0.1.${logins % 256}`, `${address}/api/login`, {
        password: "bench",
        token: use === "bearer",
      });
      const [cookie] = response.headers["set-cookie"] ?? [];
      const { token } = (await json(response)) as { token?: string };
      if (cookie === undefined) throw new Error(`Login returned ${response.statusCode}.`);
      return token === undefined
        ? { cookie: cookie.split(";")[0] ?? "" }
        : { authorization: `Bearer ${token}` };
    },
  };
}

/** Sends the request from a local address, because a bucket holds ten requests a minute for each address. */
async function postFrom(localAddress: string, url: string, body: object): Promise<IncomingMessage> {
  const headers = { "content-type": "application/json" };
  const sent = request(url, { method: "POST", localAddress, headers }).end(JSON.stringify(body));
  const [response] = await once(sent, "response");
  return response;
}

/** Starts the bundle of chat-stream, or of another protocol, as Lambda would, without a twin, for events of the function URL. */
export async function startFunction(
  { build, environment, logIn }: PreparedBuild,
  cleanUp: AsyncDisposableStack,
  { functionName, path } = { functionName: "chat-stream", path: chatPath },
): Promise<Server> {
  const program = start(cleanUp, functionProgram(build, functionName, environment, "url"));
  const address = await program.call<string>("address");
  return { program, chatUrl: `${address}${path}`, logIn: () => logIn("bearer") };
}

/** Starts the function of `GET /health`. Returns its address. */
export async function startHealth(
  { build, environment }: PreparedBuild,
  cleanUp: AsyncDisposableStack,
): Promise<string> {
  const program = start(cleanUp, functionProgram(build, "health", environment, "gateway"));
  return program.call<string>("address");
}

/** Starts the functions that a browser's message needs, for events of API Gateway. An older build needs two. */
export async function startFunctionsOfPage(
  { build, environment, logIn }: PreparedBuild,
  cleanUp: AsyncDisposableStack,
): Promise<Server> {
  const stream = start(cleanUp, functionProgram(build, "chat-stream", environment, "gateway"));
  const streamOrigin = await stream.call<string>("address");
  const server = { program: stream, logIn: () => logIn("cookie") };
  const openapi = readFileSync(join(build.root, "openapi.json"), "utf8");
  if (openapi.includes(`"${chatPath}/stream"`)) {
    return { ...server, chatUrl: `${streamOrigin}${chatPath}/stream` };
  }
  const post = start(cleanUp, functionProgram(build, "chat-post", environment, "gateway"));
  const postOrigin = await post.call<string>("address");
  return { ...server, chatUrl: `${postOrigin}${chatPath}`, streamOrigin };
}

/** Starts the function URL of the build's twin. */
export async function startTwinUrl(
  { build, environment, logIn }: PreparedBuild,
  cleanUp: AsyncDisposableStack,
  folder: string,
): Promise<Server> {
  const program = start(cleanUp, {
    file: fileOf("twin"),
    arguments: [build.root, mkdtempSync(join(folder, "logs-"))],
    environment,
  });
  const address = await program.call<string>("address");
  return { program, chatUrl: `${address}${chatPath}`, logIn: () => logIn("bearer") };
}

/** Starts the whole twin of a build, with its page. */
export async function startPageTwin(
  build: Build,
  { modelEndpoint }: Commons,
  dataDirectory: string,
  cleanUp: AsyncDisposableStack,
): Promise<PageOrigin> {
  const program = start(cleanUp, {
    file: fileOf("page-twin"),
    arguments: [build.root, dataDirectory],
    environment: { ...process.env, LOCAL_BEDROCK_ENDPOINT: modelEndpoint },
  });
  return program.call<PageOrigin>("origin");
}

/** Starts the plain server on a database. Creates its tables. */
export const startPlain = (
  { modelEndpoint, databaseUrl }: { modelEndpoint: string; databaseUrl: string },
  baselines: string,
  cleanUp: AsyncDisposableStack,
) =>
  startBaseline(join(baselines, "plain/server.mjs"), cleanUp, {
    DATABASE_URL: databaseUrl,
    BEDROCK_ENDPOINT: modelEndpoint,
    BEDROCK_MODEL_ID: modelId,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  });

export const startLimit = (baselines: string, cleanUp: AsyncDisposableStack) =>
  startBaseline(join(baselines, "limit/server.mjs"), cleanUp, {
    ANSWER: JSON.stringify(answerTokens),
  });

async function startBaseline(
  file: string,
  cleanUp: AsyncDisposableStack,
  environment: Record<string, string>,
): Promise<Server> {
  const port = await freePort();
  const program = start(cleanUp, { file, environment: { ...environment, PORT: String(port) } });
  await untilListening(port, program);
  return {
    program,
    chatUrl: `http://127.0.0.1:${port}${chatPath}`,
    logIn: async () => ({}),
  };
}

function functionProgram(
  build: Build,
  name: string,
  environment: Record<string, string>,
  kind: "url" | "gateway",
) {
  const bundle = join(build.bundles, name, "index.mjs");
  const settings = { name, bundle, exportName: "handler", timeoutSeconds: 900, memoryMb: 1_024 };
  return {
    file: fileOf("function"),
    arguments: [bundle, kind],
    environment: lambdaEnvironment(settings, environment),
  };
}

/** Puts a distance between servers and their stores, and records all requests that pass. */
export async function openDistance(
  { modelEndpoint }: Pick<Commons, "modelEndpoint">,
  distanceMs: number,
  cleanUp: AsyncDisposableStack,
) {
  const program = start(cleanUp, { file: fileOf("distance") });
  /** Returns the address with the port that leads to the service through the recorder. */
  const through = async (address: string, service: string, ms = distanceMs): Promise<string> => {
    const url = new URL(address);
    const route: Route = { service, port: Number(url.port), distanceMs: ms };
    url.port = String(await program.call<number>("open", route));
    return url.href.replace(/\/$/, "");
  };
  const model = await through(modelEndpoint, "model", 0);
  return {
    async around(prepared: PreparedBuild): Promise<PreparedBuild> {
      const { environment } = prepared;
      return {
        ...prepared,
        environment: {
          ...environment,
          LOCAL_BEDROCK_ENDPOINT: model,
          LOCAL_NEON_ENDPOINT: await through(environment.LOCAL_NEON_ENDPOINT ?? "", "database"),
          LOCAL_DYNAMODB_ENDPOINT: await through(
            environment.LOCAL_DYNAMODB_ENDPOINT ?? "",
            "buckets and sessions",
          ),
        },
      };
    },
    aroundPlain: async (databaseUrl: string) => ({
      modelEndpoint: model,
      databaseUrl: await through(databaseUrl, "database"),
    }),
    takeRequests: () => program.call<WireRequest[]>("takeRequests"),
  };
}

/** Returns a free port, or the wanted port. @throws Error if the wanted port is taken */
export async function freePort(wanted = 0): Promise<number> {
  const server = createServer().listen(wanted, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** @throws Error if the program ends, or does not listen within 20 s */
async function untilListening(port: number, program: Program): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (performance.now() < deadline) {
    const socket = connect(port, "127.0.0.1");
    const outcome = await Promise.race([
      once(socket, "connect").then(
        () => "open",
        () => "refused",
      ),
    ]);
    socket.destroy();
    if (outcome === "open") return;
    await program.usage();
    await delay(50);
  }
  throw new Error(`Nothing listens on port ${port}.`);
}
