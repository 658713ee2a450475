import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import { type AddressInfo, connect, createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { lambdaEnvironment } from "#local/lambda/sandbox.ts";
import type { Build } from "./builds/build.ts";
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
}

/** A server under measurement. */
export interface Server {
  /** The process whose processor time and memory count. */
  program: Program;
  chatUrl: string;
  /** Returns the headers of a new session. A session is a new owner, so no run meets the bounds of one owner. */
  logIn(): Promise<Record<string, string>>;
  /** Who names conversations. */
  conversation: "of-server" | "of-client";
}

const fileOf = (name: string): string => join(processes, `${name}.ts`);

export async function startCommons(cleanUp: AsyncDisposableStack): Promise<Commons> {
  const model = start(cleanUp, { file: fileOf("model") });
  const services = start(cleanUp, { file: fileOf("services"), environment: { ...process.env } });
  cleanUp.defer(() => services.call<void>("close").catch(() => {}));
  const load = start(cleanUp, { file: fileOf("load") });
  return { model, services, load, modelEndpoint: await model.call<string>("endpoint") };
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

/** The stores of one build, migrated by that build, and its login. */
export interface PreparedBuild {
  build: Build;
  stores: Stores;
  environment: Record<string, string>;
  logIn(): Promise<Record<string, string>>;
}

/** Gives a build a database of its own, and starts its login function. */
export async function prepareBuild(
  build: Build,
  { services, modelEndpoint }: Commons,
  cleanUp: AsyncDisposableStack,
  name = `build_${build.name}`,
): Promise<PreparedBuild> {
  const stores = await services.call<Stores>("createStores", name);
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
    // One owner sends more than a person does. The defaults would refuse the 1,001st conversation.
    OWNER_CONVERSATIONS: "10000",
    OWNER_MEGABYTES: "1000",
  };
  const login = start(cleanUp, functionProgram(build, "login", environment, "gateway"));
  const address = await login.call<string>("address");
  return {
    build,
    stores,
    environment,
    async logIn() {
      const response = await fetch(`${address}/api/login`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ password: "bench", token: true }),
      });
      const { token } = (await response.json()) as { token?: string };
      if (token === undefined) throw new Error(`Login returned ${response.status}.`);
      return { authorization: `Bearer ${token}` };
    },
  };
}

/** Starts chat-stream's bundle as Lambda would, without a twin. */
export async function startFunction(
  { build, environment, logIn }: PreparedBuild,
  cleanUp: AsyncDisposableStack,
  nodeOptions: readonly string[] = [],
): Promise<Server> {
  const program = start(cleanUp, {
    ...functionProgram(build, "chat-stream", environment, "url"),
    nodeOptions,
  });
  const address = await program.call<string>("address");
  return { program, chatUrl: `${address}${chatPath}`, logIn, conversation: "of-server" };
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
  return { program, chatUrl: `${address}${chatPath}`, logIn, conversation: "of-server" };
}

export async function startPlain(
  { services, modelEndpoint }: Commons,
  baselines: string,
  cleanUp: AsyncDisposableStack,
  database = "plain",
): Promise<Server & { stores: Stores }> {
  const stores = await services.call<Stores>("createStores", database);
  const server = await startBaseline(join(baselines, "plain/server.mjs"), cleanUp, {
    DATABASE_URL: stores.ownerUrl,
    BEDROCK_ENDPOINT: modelEndpoint,
    BEDROCK_MODEL_ID: modelId,
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  });
  return { ...server, stores };
}

export const startLimit = (baselines: string, cleanUp: AsyncDisposableStack, tokenMs: number) =>
  startBaseline(join(baselines, "limit/server.mjs"), cleanUp, {
    ANSWER: JSON.stringify(answerTokens),
    TOKEN_MS: String(tokenMs),
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
    conversation: "of-client",
  };
}

function functionProgram(
  build: Build,
  name: string,
  environment: Record<string, string>,
  kind: "url" | "gateway",
) {
  const bundle = join(build.root, "dist", name, "index.mjs");
  const settings = { name, bundle, exportName: "handler", timeoutSeconds: 900, memoryMb: 1_024 };
  return {
    file: fileOf("function"),
    arguments: [bundle, kind],
    environment: lambdaEnvironment(settings, environment),
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
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
