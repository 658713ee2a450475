import { once } from "node:events";
import { request } from "node:http";
import { text } from "node:stream/consumers";
import { GetSecretValueCommand, SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type SecretsServer, startSecrets } from "./secrets.ts";

const name = "enterprise-agentic-ai/demo-password";
let server: SecretsServer;
let client: SecretsManagerClient;
beforeAll(async () => {
  server = await startSecrets({ [name]: { password: "first" } });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  client = new SecretsManagerClient({
    endpoint: server.endpoint,
    region: "us-east-1",
    credentials,
  });
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

const read = (asked: { SecretId: string; VersionId?: string; VersionStage?: string }) =>
  client.send(new GetSecretValueCommand(asked));

it("returns the current version, and on request the previous one", async () => {
  const first = await read({ SecretId: name });
  expect(first).toMatchObject({
    Name: name,
    SecretString: '{"password":"first"}',
    VersionStages: ["AWSCURRENT"],
    CreatedDate: expect.any(Date),
  });
  server.set(name, { password: "second" });
  const second = await read({ SecretId: first.ARN ?? "" });
  expect(second.SecretString).toBe('{"password":"second"}');
  expect(second.VersionId).not.toBe(first.VersionId);
  const before = { SecretString: '{"password":"first"}', VersionStages: ["AWSPREVIOUS"] };
  expect(await read({ SecretId: name, VersionStage: "AWSPREVIOUS" })).toMatchObject(before);
  expect(await read({ SecretId: name, VersionId: first.VersionId ?? "" })).toMatchObject(before);
});

it("refuses unknown secrets and versions", async () => {
  const unknown = { name: "ResourceNotFoundException", $metadata: { httpStatusCode: 400 } };
  await expect(read({ SecretId: "elsewhere" })).rejects.toMatchObject(unknown);
  await expect(read({ SecretId: name, VersionStage: "AWSPENDING" })).rejects.toMatchObject(unknown);
});

it("refuses other operations, and requests to another host name", async () => {
  expect(await typeOfAnswer({ "X-Amz-Target": "secretsmanager.ListSecrets" })).toBe(
    "UnknownOperationException",
  );
  const read = { "X-Amz-Target": "secretsmanager.GetSecretValue" };
  expect(await typeOfAnswer({ ...read, Host: "attacker.example" })).toBe("AccessDeniedException");
});

async function typeOfAnswer(headers: Record<string, string>): Promise<string> {
  const sent = request(server.endpoint, { method: "POST", headers });
  sent.end(JSON.stringify({ SecretId: name }));
  const [response] = await once(sent, "response");
  return JSON.parse(await text(response)).__type;
}
