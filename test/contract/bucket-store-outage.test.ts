import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createDynamoDb } from "#lib/platform/dynamodb.ts";
import { createBucket } from "#lib/rate-limit/bucket.ts";
import { bucketRules } from "#lib/rate-limit/bucket-rules.ts";
import { createDynamoDbBucketStore } from "#lib/rate-limit/dynamodb-bucket-store.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";

type Answer = (response: ServerResponse) => void;

const answers =
  (status: number, body: object): Answer =>
  (response) => {
    response.writeHead(status, { "content-type": "application/x-amz-json-1.0" });
    response.end(JSON.stringify(body));
  };
const exception = (status: number, name: string) =>
  answers(status, { __type: `com.amazonaws.dynamodb.v20120810#${name}`, message: name });

const faults: [string, Answer][] = [
  ["refuses connections", (response) => response.destroy()],
  ["hangs", () => {}],
  ["fails", exception(500, "InternalServerError")],
  ["is unavailable", exception(503, "ServiceUnavailable")],
  ["throttles", exception(400, "ProvisionedThroughputExceededException")],
  ["does not know the table", exception(400, "ResourceNotFoundException")],
  ["denies access", exception(400, "AccessDeniedException")],
  ["returns invalid JSON", (response) => response.end("<html>")],
];

let answer: Answer;
const server = createServer((request, response) => {
  request.resume();
  answer(response);
});
beforeAll(async () => {
  vi.stubEnv("AWS_ACCESS_KEY_ID", "test");
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "test");
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  answer = answers(200, { Attributes: {} });
});

/** Returns the buckets of an instance that has served a request. */
async function warmBuckets() {
  const { port } = server.address() as AddressInfo;
  const dynamodb = `http://127.0.0.1:${port}`;
  const client = createDynamoDb({
    region: "us-east-1",
    endpoints: { dynamodb },
  });
  const store = createDynamoDbBucketStore({ client, tableName: "rate-limit" });
  const recording = recordingTelemetry();
  const rules = bucketRules({ chatRequestsPerMinute: 2, conversationRequestsPerMinute: 60 });
  const parts = { store, telemetry: recording.telemetry, now: () => 1e12 };
  const chat = createBucket({ ...rules.chatPost, ...parts });
  const login = createBucket({ ...rules.login, ...parts });
  await chat.take("address");
  return { chat, login, ...recording };
}

describe.each(faults)("when DynamoDB %s", (_fault, fault) => {
  it("chat uses a bucket in memory at once and raises the alarm", async () => {
    const { chat, lines, measured } = await warmBuckets();
    answer = fault;
    const startedAt = performance.now();
    expect(await chat.take("address")).toMatchObject({ admitted: true, remaining: 1 });
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(lines).toEqual([{ level: "warn", event: "ratelimit.unavailable" }]);
    expect(measured).toContainEqual({ metric: "RateLimiterUnavailable", value: 1 });
    expect(await chat.take("address")).toMatchObject({ admitted: true, remaining: 0 });
    expect(await chat.take("address")).toMatchObject({ admitted: false, nextTokenSeconds: 60 });
  });

  it("login returns 503", async () => {
    const { login } = await warmBuckets();
    answer = fault;
    await expect(login.take("address")).rejects.toMatchObject({
      name: "HttpProblem",
      status: 503,
      retryAfterSeconds: 5,
    });
  });
});
