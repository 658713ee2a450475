import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createSecrets } from "#lib/platform/secrets.ts";
import { type SecretsServer, startSecrets } from "#local/secrets.ts";
import { checkSecrets } from "./check-secrets.ts";
import { databaseSecrets, passwordSecret } from "./secret-values.ts";
import { type SetupOptions, setupSecrets } from "./setup-secrets.ts";

const prefix = "enterprise-agentic-ai/test";
const ownerUrl =
  "postgresql://neondb_owner:npg_secret@ep-x-1-pooler.us-east-2.aws.neon.tech/neondb?sslmode=require";
const password = "correct horse battery";

let server: SecretsServer;
let client: SecretsManagerClient;
beforeEach(async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  server = await startSecrets({});
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  client = new SecretsManagerClient({
    endpoint: server.endpoint,
    region: "us-east-1",
    credentials,
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  client.destroy();
  await server.close();
});

/** Runs setupSecrets and returns its log. */
async function setup(given: Partial<SetupOptions> = {}): Promise<string[]> {
  const log: string[] = [];
  await setupSecrets({
    client,
    prefix,
    prompt: { ...noPrompt, databaseUrl: async () => ownerUrl, password: async () => password },
    log: (line) => log.push(line),
    ...given,
  });
  return log;
}

const noPrompt = {
  databaseUrl: () => Promise.reject(new Error("prompted for the database")),
  password: () => Promise.reject(new Error("prompted for the password")),
  optionalSecret: (name: string) => Promise.reject(new Error(`prompted for ${name}`)),
};

async function storedValue(name: string) {
  const answer = await client.send(new GetSecretValueCommand({ SecretId: `${prefix}/${name}` }));
  return JSON.parse(answer.SecretString ?? "");
}

it("creates every secret in the form that the functions accept", async () => {
  const log = await setup();

  expect(log).toHaveLength(6);
  expect(log.every((line) => line.startsWith("created "))).toBe(true);
  const secrets = createSecrets({
    environment: "aws",
    region: "us-east-1",
    secretPrefix: prefix,
    endpoints: { secrets: server.endpoint },
  });
  expect(await secrets.demoPassword()).toBe(password);
  expect((await secrets.tokenKeys()).keys).toHaveLength(1);
  expect(await secrets.originApiKey()).toMatch(/^[\w-]{32}$/);
  expect(new URL(await secrets.databaseUrl()).username).toBe("agentic_chat_app");
  expect(
    await checkSecrets({ client, prefix, region: "us-east-1", endpoint: server.endpoint }),
  ).toEqual([]);
});

it("prompts for nothing and changes nothing in a second run", async () => {
  await setup();
  const before = await Promise.all(
    ["database-url", "auth-token-secret", "origin-api-key"].map(storedValue),
  );

  const log = await setup({ prompt: noPrompt });

  expect(log.every((line) => line.startsWith("kept "))).toBe(true);
  expect(
    await Promise.all(["database-url", "auth-token-secret", "origin-api-key"].map(storedValue)),
  ).toEqual(before);
});

it("continues after an interruption without prompting for the database again", async () => {
  server.set(`${prefix}/database-url-direct`, databaseSecrets(ownerUrl)["database-url-direct"]);
  server.set(`${prefix}/demo-password`, { password });

  await setup({ prompt: noPrompt });

  expect((await storedValue("database-url")).url).toContain("agentic_chat_app:");
});

it("replaces only the given secrets, and keeps the previous signing key", async () => {
  await setup();
  const before = await storedValue("auth-token-secret");

  const log = await setup({ prompt: noPrompt, replace: ["auth-token-secret"] });

  expect(log.filter((line) => line.startsWith("replaced "))).toHaveLength(1);
  const { keys, epoch } = await storedValue("auth-token-secret");
  expect(keys).toEqual([expect.anything(), before.keys[0]]);
  expect(epoch).toBe(before.epoch);
});

it("generates a password when none is given", async () => {
  await setup({
    prompt: { ...noPrompt, databaseUrl: async () => ownerUrl, password: async () => "" },
  });

  expect((await storedValue("demo-password")).password).toMatch(/^[\w-]{20}$/);
});

it("creates an optional secret only when it is named, and replaces it", async () => {
  await setup();
  await expect(storedValue("tavily-api-key")).rejects.toThrow("can't find");

  const asking = (key: string) =>
    setup({
      prompt: { ...noPrompt, optionalSecret: async () => key },
      replace: ["tavily-api-key"],
    });
  expect(await asking(" tvly-first-key\n")).toContain(`created   ${prefix}/tavily-api-key`);
  expect(await storedValue("tavily-api-key")).toEqual({ api_key: "tvly-first-key" });
  expect((await asking("tvly-second-key")).join()).toContain(
    `replaced  ${prefix}/tavily-api-key, version`,
  );
  expect(await storedValue("tavily-api-key")).toEqual({ api_key: "tvly-second-key" });
  await expect(asking("two words and more")).rejects.toThrow("without spaces");
  await expect(asking("")).rejects.toThrow("at least 8 characters");
});

it("takes the address of a role that reads, and not that of the owner", async () => {
  await setup();
  const asking = (address: string) =>
    setup({
      prompt: { ...noPrompt, optionalSecret: async () => address },
      replace: ["analytics-database-url"],
    });
  await asking(" postgresql://reader:secret@ep-x-1.us-east-2.aws.neon.tech/neondb ");
  expect(await storedValue("analytics-database-url")).toEqual({
    url: "postgresql://reader:secret@ep-x-1.us-east-2.aws.neon.tech/neondb",
  });
  await expect(asking(ownerUrl)).rejects.toThrow("names the owner");
  await expect(asking("https://a:b@host/db")).rejects.toThrow("must begin with postgresql://");
  await expect(asking("postgresql://reader@host/db")).rejects.toThrow("its password");
});

it("stores tool servers in the form that the functions accept, or says what is wrong", async () => {
  await setup();
  const asking = (value: string) =>
    setup({
      prompt: { ...noPrompt, optionalSecret: async () => value },
      replace: ["mcp-servers"],
    });
  await asking('{"servers":[{"name":"a","url":"https://a.example/"}]}\n');
  expect(await storedValue("mcp-servers")).toMatchObject({ servers: [{ name: "a" }] });
  await expect(asking("https://hidden.example/")).rejects.toThrow(/^The servers are not usable: /);
  await expect(asking("https://hidden.example/")).rejects.not.toThrow("hidden");
  await expect(asking('{"servers":[{"name":"a","url":"http://hidden.example/"}]}')).rejects.toThrow(
    "servers.0.url must begin with https://",
  );
});

it("stores a collector's headers as the functions read them, or says what is wrong", async () => {
  await setup();
  const asking = (value: string) =>
    setup({
      prompt: { ...noPrompt, optionalSecret: async () => value },
      replace: ["otlp-headers"],
    });
  await asking('{"authorization":"Bearer k"}\n');
  expect(await storedValue("otlp-headers")).toEqual({ authorization: "Bearer k" });
  await expect(asking("Bearer hidden")).rejects.toThrow(
    "The headers are not usable: the value must be a JSON object.",
  );
  await expect(asking('{"x-key":"hidden\nline"}')).rejects.not.toThrow("hidden");
  server.set(`${prefix}/otlp-headers`, { host: "hidden" });
  const options = { client, prefix, region: "us-east-1", endpoint: server.endpoint };
  expect(await checkSecrets(options)).toEqual([
    expect.stringContaining("otlp-headers is not usable: the value has a header that the protocol"),
  ]);
});

it("reports an unusable optional secret", async () => {
  await setup();
  server.set(`${prefix}/tavily-api-key`, { key: "tvly-key" });
  const options = { client, prefix, region: "us-east-1", endpoint: server.endpoint };
  expect(await checkSecrets(options)).toEqual([
    expect.stringContaining(`${prefix}/tavily-api-key is not usable: api_key is missing`),
  ]);
});

it("logs no value, also on failure", async () => {
  const log = await setup();
  const everything = `${log.join()}${await setup({ replace: ["database-url", "origin-api-key"] })}`;

  expect(everything).not.toMatch(/npg_secret|correct horse|postgresql:/);
});

it.each(["short", "aaaaaaaaaaaaaaaaaaaa", "MyPassword-1-2-3-4", "enterprise-agentic-1"])(
  "refuses the password %s and does not repeat it",
  async (weak) => {
    const refused = setup({
      prompt: { ...noPrompt, databaseUrl: async () => ownerUrl, password: async () => weak },
    });

    await expect(refused).rejects.toThrow(/^The password/);
    await expect(refused).rejects.not.toThrow(weak);
    await expect(storedValue("database-url")).rejects.toThrow("can't find");
  },
);

it("sends migrations to the direct host and functions to the pooled one, as another role", () => {
  const made = databaseSecrets(`psql '${ownerUrl}'`);
  const direct = new URL(made["database-url-direct"].url);
  const runtime = new URL(made["database-url"].url);

  expect(direct.host).toBe("ep-x-1.us-east-2.aws.neon.tech");
  expect(direct.username).toBe("neondb_owner");
  expect(runtime.host).toBe("ep-x-1-pooler.us-east-2.aws.neon.tech");
  expect(runtime.password).not.toBe(direct.password);
  expect([runtime.pathname, runtime.search]).toEqual([direct.pathname, direct.search]);
});

it.each([
  "",
  "mysql://a:b@host/db",
  "postgresql://host/db",
  "postgresql://a:b@host",
  "postgresql://agentic_chat_app:b@host/db",
])("refuses the address %s", (address) => {
  expect(() => databaseSecrets(address)).toThrow(/^The address/);
});

it("accepts a password of words", () => {
  expect(passwordSecret(password)).toEqual({ password });
});

it("reports missing and unusable secrets", async () => {
  server.set(`${prefix}/demo-password`, { password: "short" });

  const faults = await checkSecrets({
    client,
    prefix,
    region: "us-east-1",
    endpoint: server.endpoint,
  });

  expect(faults).toHaveLength(6);
  expect(faults.join("\n")).toContain(`${prefix}/demo-password is not usable`);
  expect(faults.join("\n")).toContain(`${prefix}/database-url-direct does not exist`);
});

it("the command reads values from the environment and prints none", async () => {
  const environment = {
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    LOCAL_SECRETS_ENDPOINT: server.endpoint,
    DATABASE_URL_DIRECT: ownerUrl,
    DEMO_PASSWORD: password,
  };
  const command = [join(import.meta.dirname, "../setup-secrets.ts"), "--stage", "test"];

  const { stdout } = await promisify(execFile)(process.execPath, command, { env: environment });
  const checked = await promisify(execFile)(process.execPath, [...command, "--check"], {
    env: environment,
  });

  expect(stdout).toContain(`created   ${prefix}/origin-api-key`);
  expect(stdout).not.toMatch(/npg_secret|correct horse/);
  expect(checked.stdout).toContain("usable");
});
