import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { readConfig } from "./config.ts";
import { createSecrets } from "./secrets.ts";

const stored = new Map<string, string>();
let reads = 0;
let isDown = false;
let endpoint = "";

/** Responds to `GetSecretValue` like Secrets Manager. */
const server = createServer((request, response) => {
  let body = "";
  request.on("data", (chunk) => {
    body += chunk;
  });
  request.on("end", () => {
    reads += 1;
    const text = stored.get(JSON.parse(body).SecretId);
    const refusal = isDown ? "AccessDeniedException" : "ResourceNotFoundException";
    const isAnswered = !isDown && text !== undefined;
    response.writeHead(isAnswered ? 200 : 400, { "content-type": "application/x-amz-json-1.1" });
    response.end(JSON.stringify(isAnswered ? { SecretString: text } : { __type: refusal }));
  });
});

beforeAll(async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  stored.clear();
  reads = 0;
  isDown = false;
});

const store = (name: string, value: unknown) =>
  stored.set(`team/${name}`, typeof value === "string" ? value : JSON.stringify(value));

function secretsIn(
  environment: "aws" | "local",
  options: Parameters<typeof createSecrets>[1] = {},
) {
  const config = readConfig({
    ENVIRONMENT: environment,
    AWS_REGION: "us-east-1",
    SECRET_PREFIX: "team",
    RATE_LIMIT_TABLE: "table",
    LOCAL_SECRETS_ENDPOINT: endpoint,
  });
  return createSecrets(config, options);
}

describe("createSecrets", () => {
  it("reads each secret by its name and shape", async () => {
    const tokenKeys = { keys: [{ kid: "b", key: "k".repeat(32) }], epoch: 3 };
    store("database-url", { url: "postgresql://app:s3cret@db.example/app" });
    store("demo-password", { password: "correct horse battery" });
    store("auth-token-secret", tokenKeys);
    store("origin-api-key", { key: "o".repeat(32) });
    const secrets = secretsIn("aws");
    expect(await secrets.databaseUrl()).toBe("postgresql://app:s3cret@db.example/app");
    expect(await secrets.demoPassword()).toBe("correct horse battery");
    expect(await secrets.tokenKeys()).toEqual(tokenKeys);
    expect(await secrets.originApiKey()).toBe("o".repeat(32));
  });

  it("reads a secret once for calls at the same time, and again after five minutes", async () => {
    let nowMs = 0;
    store("demo-password", { password: "the first password" });
    const secrets = secretsIn("aws", { now: () => nowMs });
    await Promise.all([secrets.demoPassword(), secrets.demoPassword(), secrets.demoPassword()]);
    store("demo-password", { password: "the second password" });
    nowMs = 5 * 60_000 - 1;
    expect(await secrets.demoPassword()).toBe("the first password");
    expect(reads).toBe(1);
    nowMs += 1;
    expect(await secrets.demoPassword()).toBe("the second password");
    expect(reads).toBe(2);
  });

  it.each([
    [
      "Secrets Manager refuses",
      () => {
        isDown = true;
      },
    ],
    ["the new value is unusable", () => store("demo-password", { password: "changeme" })],
  ])(
    "keeps the old value when %s, logs it, and reads again half a minute later",
    async (_case, spoil) => {
      let nowMs = 0;
      const { telemetry, lines } = recordingTelemetry();
      store("demo-password", { password: "the first password" });
      const secrets = secretsIn("aws", { now: () => nowMs, telemetry });
      await secrets.demoPassword();
      spoil();
      nowMs = 5 * 60_000;
      expect(await secrets.demoPassword()).toBe("the first password");
      expect(await secrets.demoPassword()).toBe("the first password");
      expect(reads).toBe(2);
      expect(lines).toMatchObject([{ level: "error", event: "secret.refresh_failed" }]);
      isDown = false;
      store("demo-password", { password: "the second password" });
      nowMs += 30_000;
      expect(await secrets.demoPassword()).toBe("the second password");
    },
  );

  it("reads again after a failed first read", async () => {
    const secrets = secretsIn("aws");
    await expect(secrets.demoPassword()).rejects.toThrow(
      "The secret team/demo-password could not be read.",
    );
    store("demo-password", { password: "correct horse battery" });
    expect(await secrets.demoPassword()).toBe("correct horse battery");
  });

  const canary = "hunter2-canary";
  it.each([
    ["demo-password", canary, "the value must be a JSON object"],
    ["demo-password", JSON.stringify(canary), "the value must be a JSON object"],
    ["demo-password", { pasword: canary }, "password is missing"],
    ["demo-password", { password: 7 }, "password must be a string"],
    ["demo-password", { password: canary }, "password must have at least 16 characters"],
    ["demo-password", { password: "change-me-change-me" }, "password is a placeholder"],
    ["demo-password", { password: "your-password-here" }, "password is a placeholder"],
    ["database-url", { url: `mysql://u:${canary}@h/d` }, "url must be a URL that begins with"],
    ["database-url", { url: "postgresql://u:password@h/d" }, "url holds a placeholder"],
    ["database-url", { url: `postgresql://u:${canary}@10.0.0.256/d` }, "url must be a URL"],
    ["auth-token-secret", { keys: [], epoch: 1 }, "keys.0 must be a JSON object"],
    ["auth-token-secret", { keys: [{ kid: "1", key: canary }], epoch: 1 }, "keys.0.key must have"],
    ["auth-token-secret", { keys: canary, epoch: 1 }, "keys must be a list"],
    ["auth-token-secret", { keys: [{ kid: "1", key: "k".repeat(32) }] }, "epoch is missing"],
    ["origin-api-key", { key: canary }, "key must have at least 20 characters"],
  ])(
    "refuses %s with the value %j and names the fault without the value",
    async (name, value, fault) => {
      store(name, value);
      const secrets = secretsIn("aws");
      const read = {
        "demo-password": secrets.demoPassword,
        "database-url": secrets.databaseUrl,
        "auth-token-secret": secrets.tokenKeys,
        "origin-api-key": secrets.originApiKey,
      }[name];
      const error = await read?.().catch((cause: unknown) => cause);
      if (!(error instanceof Error)) throw new Error("It was not refused.");
      expect(error.message).toContain(`The secret team/${name} is not usable: ${fault}`);
      expect(error.message).toContain("put-secret-value");
      expect(`${error.stack} ${JSON.stringify(error)} ${error.cause}`).not.toContain(canary);
    },
  );

  it("accepts any value in the local twin", async () => {
    store("demo-password", { password: "demo" });
    expect(await secretsIn("local").demoPassword()).toBe("demo");
  });
});
