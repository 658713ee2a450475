import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type HttpServer, listen } from "#local/http/listen.ts";
import { chooseModel } from "./model-choice.ts";

let folder: string;
let ollama: HttpServer;
let silent: HttpServer;
/** An environment without AWS files, and with an Ollama address at which nobody listens. */
let nothing: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "model-choice-"));
  ollama = await listen(async (request, response) => {
    const models = [{ name: "embed:latest" }, { name: "qwen3:8b" }, { name: "llama3.1:latest" }];
    if (request.url === "/api/tags") return void response.end(JSON.stringify({ models }));
    const { model } = (await json(request)) as { model: string };
    const capabilities = model === "embed:latest" ? ["embedding"] : ["completion", "tools"];
    response.end(JSON.stringify({ capabilities }));
  });
  silent = await listen(() => {});
  const gone = await listen(() => {});
  await gone.close();
  nothing = { HOME: folder, OLLAMA_HOST: gone.address };
});
afterAll(async () => {
  await ollama.close();
  await silent.close();
  await rm(folder, { recursive: true });
});

const choose = (provider: string, environment: Record<string, string>) =>
  chooseModel({ provider, environment: { ...nothing, ...environment } });
const keys = { AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" };

test("chooses the demo model if nothing else is found, with a reason", async () => {
  expect(await choose("auto", {})).toEqual({
    provider: "demo",
    modelId: "demo-model",
    otherModelIds: ["demo-model-terse"],
    reason: expect.stringMatching(/No AWS credentials .* No Ollama server responds/),
  });
});

test.for([
  ["keys", { ...keys, AWS_REGION: "eu-west-1" }],
  ["a bearer token", { AWS_BEARER_TOKEN_BEDROCK: "t", AWS_DEFAULT_REGION: "eu-west-1" }],
] as const)("chooses Bedrock if %s and a region are set", async ([, environment]) => {
  expect(await choose("auto", environment)).toMatchObject({
    provider: "bedrock",
    modelId: "us.amazon.nova-2-lite-v1:0",
    region: "eu-west-1",
  });
});

test.for([
  ["[default]\nregion = eu-central-1\nsso_session = team\n", undefined],
  ["[profile team]\nregion=eu-central-1\nrole_arn=arn:aws:iam::1:role/x\n", "team"],
] as const)(
  "takes Bedrock when a profile gives credentials and region",
  async ([config, profile]) => {
    const path = join(folder, "config-file");
    await writeFile(path, config);
    const environment = { AWS_CONFIG_FILE: path, ...(profile && { AWS_PROFILE: profile }) };
    expect(await choose("auto", environment)).toMatchObject({
      provider: "bedrock",
      region: "eu-central-1",
    });
  },
);

test("reads keys from the credentials file", async () => {
  const path = join(folder, "credentials-file");
  await writeFile(path, "[default]\naws_access_key_id = a\naws_secret_access_key = b\n");
  const environment = { AWS_SHARED_CREDENTIALS_FILE: path, AWS_REGION: "eu-west-1" };
  expect(await choose("auto", environment)).toMatchObject({ provider: "bedrock" });
});

test("does not choose Bedrock for a missing profile", async () => {
  const environment = { AWS_PROFILE: "nobody", AWS_REGION: "eu-west-1" };
  expect(await choose("auto", environment)).toMatchObject({ provider: "demo" });
});

test("uses the Bedrock model of the settings", async () => {
  const models = { BEDROCK_MODEL_ID: "eu.model", BEDROCK_MODEL_CHOICES: "eu.one,eu.two" };
  expect(await choose("bedrock", { ...keys, AWS_REGION: "eu-west-1", ...models })).toMatchObject({
    modelId: "eu.model",
    otherModelIds: ["eu.one", "eu.two"],
  });
});

test("chooses Ollama's first model that can use tools", async () => {
  expect(await choose("auto", { OLLAMA_HOST: ollama.address })).toMatchObject({
    provider: "ollama",
    modelId: "ollama/qwen3:8b",
    otherModelIds: ["ollama/llama3.1:latest"],
    endpoint: ollama.address,
  });
});

test("accepts OLLAMA_MODEL, and OLLAMA_HOST without a scheme", async () => {
  const environment = { OLLAMA_HOST: `0.0.0.0:${ollama.port}`, OLLAMA_MODEL: "llama3.1" };
  expect(await choose("ollama", environment)).toMatchObject({
    modelId: "ollama/llama3.1:latest",
    otherModelIds: ["ollama/qwen3:8b"],
  });
});

test("does not wait long for a server that does not respond", async () => {
  const startedAt = performance.now();
  expect(await choose("auto", { OLLAMA_HOST: silent.address })).toMatchObject({ provider: "demo" });
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

test("chooses the demo model if it is named, whatever else is found", async () => {
  const environment = { ...keys, AWS_REGION: "eu-west-1", OLLAMA_HOST: ollama.address };
  expect(await choose("demo", environment)).toMatchObject({ provider: "demo" });
});

test.for([
  ["bedrock", {}, "No AWS credentials found"],
  ["bedrock", keys, "No region found for AWS keys"],
  ["ollama", {}, "No Ollama server responds at http://127.0.0.1"],
  ["ollama", { OLLAMA_HOST: "ollama.example:11434" }, "not an address of this machine"],
  ["openai", {}, "must be auto, bedrock, ollama or demo"],
] as const)(
  "refuses %s if the provider cannot be used",
  async ([provider, environment, reason]) => {
    await expect(choose(provider, environment)).rejects.toThrow(reason);
  },
);

test("refuses Ollama if the named model cannot use tools", async () => {
  const environment = { OLLAMA_HOST: ollama.address, OLLAMA_MODEL: "embed" };
  await expect(choose("ollama", environment)).rejects.toThrow("has no embed that can use tools");
});
