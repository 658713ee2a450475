import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { CircuitOpen, createCircuitBreaker } from "#lib/platform/circuit-breaker.ts";
import { createDailyAllowance } from "#lib/platform/daily-allowance.ts";
import { type DynamoDb, numberIn } from "#lib/platform/dynamodb.ts";
import { patientDynamoDb, startRateLimitTable, tableName } from "#test/support/rate-limit-table.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";

const table = await startRateLimitTable();
afterAll(() => table.stop());

const outage = new Error("The service is down.");
let nowMs = 1e12;
let services = 0;
let service = "";
beforeEach(() => {
  services += 1;
  service = `service-${services}`;
});

/** An instance has a breaker and a client of its own. */
function openInstance(client: DynamoDb = patientDynamoDb(table.endpoint)) {
  const { telemetry, lines } = recordingTelemetry();
  const breaker = createCircuitBreaker({
    ...{ client, tableName, name: service, telemetry },
    now: () => nowMs,
  });
  const isFailure = (error: unknown) => error === outage;
  const outcome = async (called: Promise<string>) =>
    called.catch((error: unknown) => {
      if (error instanceof CircuitOpen) return `open for ${error.retryAfterMs} ms`;
      return (error as Error).message;
    });
  return {
    lines,
    succeed: () => outcome(breaker.run(async () => "called", isFailure)),
    fail: () => outcome(breaker.run(() => Promise.reject(outage), isFailure)),
    refuse: () =>
      outcome(breaker.run(() => Promise.reject(new Error("No such symbol.")), isFailure)),
    run: (call: () => Promise<string>) => outcome(breaker.run(call, isFailure)),
  };
}
const down = outage.message;

describe("a circuit breaker of two instances", () => {
  it("opens after three failures within a minute, for 30 s", async () => {
    const [one, two] = [openInstance(), openInstance()];
    expect(await one.fail()).toBe(down);
    nowMs += 30_000;
    expect(await two.fail()).toBe(down);
    expect(await two.succeed()).toBe("called");
    nowMs += 29_999;
    expect(await one.fail()).toBe(down);
    expect(await two.succeed()).toBe("open for 30000 ms");
    expect(await one.succeed()).toBe("open for 30000 ms");
    nowMs += 29_999;
    expect(await one.succeed()).toBe("open for 1 ms");
    nowMs += 1;
    expect(await one.succeed()).toBe("called");
    expect(await two.succeed()).toBe("called");
  });

  it("stays closed if the third failure comes after a minute", async () => {
    const [one, two] = [openInstance(), openInstance()];
    await one.fail();
    await two.fail();
    nowMs += 60_000;
    await one.fail();
    expect(await two.succeed()).toBe("called");
    await two.fail();
    await two.fail();
    expect(await one.succeed()).toMatch(/^open/);
  });

  it("counts no error that says nothing about the service", async () => {
    const one = openInstance();
    for (const _ of [1, 2, 3, 4]) expect(await one.refuse()).toBe("No such symbol.");
    expect(await one.succeed()).toBe("called");
  });

  it("lets one of many callers try after 30 s, and closes if the try succeeds", async () => {
    const instances = [openInstance(), openInstance()];
    for (const _ of [1, 2, 3]) await instances[0]?.fail();
    nowMs += 30_000;
    let calls = 0;
    const finish = Promise.withResolvers<string>();
    const trying = () => {
      calls += 1;
      return finish.promise;
    };
    const ended: (string | undefined)[] = [];
    const callers = Array.from({ length: 10 }, async (_, index) => {
      ended.push(await instances[index % 2]?.run(trying));
    });
    await expect.poll(() => ended).toEqual(Array(9).fill("open for 30000 ms"));
    expect(calls).toBe(1);
    finish.resolve("called");
    await Promise.all(callers);
    expect(ended.at(-1)).toBe("called");
    expect(await instances[1]?.succeed()).toBe("called");
    // The old failures are forgotten.
    await instances[0]?.fail();
    expect(await instances[1]?.succeed()).toBe("called");
  });

  it("stays open for another 30 s if the try fails, or never ends", async () => {
    const [one, two] = [openInstance(), openInstance()];
    for (const _ of [1, 2, 3]) await one.fail();
    nowMs += 30_000;
    expect(await two.fail()).toBe(down);
    expect(await one.succeed()).toBe("open for 30000 ms");
    nowMs += 30_000;
    void one.run(() => new Promise(() => {}));
    await expect.poll(() => two.succeed()).toMatch(/^open/);
    nowMs += 30_000;
    expect(await two.succeed()).toBe("called");
  });

  it("is an item that DynamoDB deletes", async () => {
    await openInstance().fail();
    const Key = { pk: { S: `breaker#${service}` } };
    const { Item } = await table.client.call("GetItem", { TableName: tableName, Key });
    expect(numberIn(Item, "expires_at")).toBe(Math.ceil(nowMs / 1_000) + 600);
  });
});

describe("without DynamoDB", () => {
  const broken = () => patientDynamoDb("http://127.0.0.1:9");

  it("every call is made, and the log says so", async () => {
    const one = openInstance(broken());
    for (const _ of [1, 2, 3, 4]) expect(await one.fail()).toBe(down);
    expect(await one.succeed()).toBe("called");
    expect(one.lines).toHaveLength(5);
    expect(one.lines[0]).toMatchObject({ level: "error", event: "breaker.unavailable" });
  });

  it("every call is allowed, and the log says so", async () => {
    const { telemetry, lines } = recordingTelemetry();
    const client = broken();
    const options = { client, tableName, name: service, callsPerDay: 3, telemetry };
    expect(await createDailyAllowance(options).take(3)).toBe(true);
    expect(lines).toMatchObject([{ event: "calls.not_counted" }]);
  });
});

describe("the daily allowance of two instances", () => {
  const open = () =>
    createDailyAllowance({
      ...{ client: patientDynamoDb(table.endpoint), tableName, name: service, callsPerDay: 10 },
      telemetry: recordingTelemetry().telemetry,
      now: () => nowMs,
    });

  it("counts the calls of both, and none that is refused", async () => {
    const [one, two] = [open(), open()];
    expect(await one.take(6)).toBe(true);
    expect(await two.take(5)).toBe(false);
    expect(await two.take(4)).toBe(true);
    expect(await one.take(1)).toBe(false);
    expect(await one.take(11)).toBe(false);
  });

  it("is never exceeded by calls at the same time", async () => {
    const instances = [open(), open()];
    const taken = await Promise.all(
      Array.from({ length: 30 }, (_, index) => instances[index % 2]?.take(1)),
    );
    expect(taken.filter(Boolean)).toHaveLength(10);
  });

  it("begins anew at midnight UTC", async () => {
    const one = open();
    nowMs = Date.parse("2026-11-28T23:59:59.999Z");
    expect(await one.take(10)).toBe(true);
    expect(await one.take(1)).toBe(false);
    nowMs += 1;
    expect(await one.take(10)).toBe(true);
  });
});
