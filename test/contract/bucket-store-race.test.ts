import { fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { createBucket } from "#lib/rate-limit/bucket.ts";
import { createDynamoDbBucketStore } from "#lib/rate-limit/dynamodb-bucket-store.ts";
import { startRateLimitTable, tableName } from "#test/support/rate-limit-table.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";

const table = await startRateLimitTable();
afterAll(() => table.stop());

describe("one bucket in DynamoDB", () => {
  it("admits ten of 10,000 requests, 64 at once, on four warm instances", async () => {
    const { telemetry } = recordingTelemetry();
    const instances = Array.from({ length: 4 }, () =>
      createBucket({
        name: "chat-post",
        capacity: 10,
        windowSeconds: 60,
        counts: "requests",
        store: createDynamoDbBucketStore({ client: table.client, tableName }),
        telemetry,
        now: () => 1e12,
      }),
    );
    let admitted = 0;
    let next = 0;
    const requestAfterRequest = async () => {
      while (next < 10_000) {
        const taken = await instances[next++ % 4]?.take("flood");
        if (taken?.admitted) admitted += 1;
      }
    };
    await Promise.all(Array.from({ length: 64 }, requestAfterRequest));
    expect(admitted).toBe(10);
  });

  it("admits ten requests of four processes whose clocks differ by 0.3 s", async () => {
    const keys = 5;
    const processes = [-100, 0, 100, 200].map((skewMs) =>
      startTaking(table.endpoint, skewMs, keys),
    );
    await Promise.all(processes.map(({ ready }) => ready));
    const admitted = await Promise.all(processes.map(({ go }) => go()));
    const perKey = Array.from({ length: keys }, (_, key) =>
      admitted.reduce((sum, ofProcess) => sum + (ofProcess[key] ?? 0), 0),
    );
    expect(perKey).toEqual(Array(keys).fill(10));
  });
});

function startTaking(endpoint: string, skewMs: number, keys: number) {
  const script = fileURLToPath(import.meta.resolve("#test/support/take-tokens.ts"));
  const child = fork(script, [endpoint, `${skewMs}`, "120", `${keys}`], { execArgv: [] });
  const failure = once(child, "exit").then(([code]) => {
    throw new Error(`The process ended with ${code} before it had answered.`);
  });
  const message = async () => (await Promise.race([once(child, "message"), failure]))[0];
  return {
    ready: message(),
    go(): Promise<number[]> {
      const answer = message();
      child.send("go");
      return answer;
    },
  };
}
