import { describe, expect, it } from "vitest";
import { DatabaseUnavailable, SqlError } from "#lib/platform/database-errors.ts";
import { createHealthChecker, type McpProbe } from "./check-health.ts";

const identity = { environment: "local", version: "1.2.3", model: "demo-model" } as const;
const works = async () => {};
const fails = async () => {
  throw new Error("connect to db.internal:5432 refused");
};
const probes = { database: works, bedrock: works, rate_limiter: works };

describe("createHealthChecker", () => {
  it("the status is ok when every probe succeeds", async () => {
    const report = await createHealthChecker({ identity, probes })();
    expect(report).toMatchObject({ status: "ok", version: "1.2.3", api_version: "v1" });
    expect(report.checks?.database).toEqual({ status: "ok", latency_ms: expect.any(Number) });
  });

  it("the status is degraded without Bedrock or DynamoDB, and error without the database", async () => {
    const statusWith = async (broken: object) =>
      (await createHealthChecker({ identity, probes: { ...probes, ...broken } })()).status;
    expect(await statusWith({ bedrock: fails })).toBe("degraded");
    expect(await statusWith({ rate_limiter: fails })).toBe("degraded");
    expect(await statusWith({ database: fails, bedrock: fails })).toBe("error");
  });

  it("a failed probe shows a class of failure and no message", async () => {
    const report = await createHealthChecker({
      identity,
      probes: { ...probes, database: fails },
    })();
    expect(report.checks?.database).toMatchObject({ status: "error", error: "unavailable" });
    expect(JSON.stringify(report)).not.toContain("db.internal");
  });

  it.each([
    ["AccessDeniedException", "access_denied"],
    ["CredentialsProviderError", "access_denied"],
    ["ValidationException", "not_found"],
    ["ResourceNotFoundException", "not_found"],
    ["ThrottlingException", "throttled"],
    ["UnrecognizedClientException", "access_denied"],
    ["ProvisionedThroughputExceededException", "throttled"],
    ["TypeError", "unavailable"],
  ])("an error named %s is %s", async (name, error) => {
    const bedrock = () => Promise.reject(Object.assign(new Error("secret"), { name }));
    const report = await createHealthChecker({ identity, probes: { ...probes, bedrock } })();
    expect(report.checks?.bedrock).toMatchObject({ status: "error", error });
  });

  it.each([
    [401, "access_denied"],
    [403, "access_denied"],
    [404, "not_found"],
    [429, "throttled"],
    [500, "unavailable"],
  ])("an error with status %i is %s", async (httpStatusCode, error) => {
    const failure = Object.assign(new Error("secret"), { $metadata: { httpStatusCode } });
    const bedrock = () => Promise.reject(failure);
    const report = await createHealthChecker({ identity, probes: { ...probes, bedrock } })();
    expect(report.checks?.bedrock).toMatchObject({ status: "error", error });
  });

  it.each([
    [new DatabaseUnavailable(), "unavailable"],
    [new DatabaseUnavailable(undefined, "access_denied"), "access_denied"],
    [new DatabaseUnavailable(undefined, "full"), "full"],
    [new DatabaseUnavailable(undefined, "not_migrated"), "not_migrated"],
    [new SqlError("syntax error", "42601"), "internal_error"],
  ])("a database failure keeps its reason: %s, %s", async (failure, error) => {
    const database = () => Promise.reject(failure);
    const report = await createHealthChecker({ identity, probes: { ...probes, database } })();
    expect(report).toMatchObject({ status: "error", checks: { database: { error } } });
  });

  it("a probe that hangs fails with a timeout", async () => {
    const hangs = () => new Promise<void>(() => {});
    const health = createHealthChecker({
      identity,
      probes: { ...probes, bedrock: hangs },
      deadlineMs: 5,
    });
    expect((await health()).checks?.bedrock).toMatchObject({ status: "error", error: "timeout" });
  });

  it("tool servers that are down degrade the system, and are named", async () => {
    const mcp: McpProbe = async () => ({
      ...{ status: "error", error: "unavailable", down: ["tracker"], tools_left_out: 2 },
    });
    const report = await createHealthChecker({ identity, probes: { ...probes, mcp } })();
    expect(report.status).toBe("degraded");
    expect(report.checks?.mcp).toEqual({
      ...{ status: "error", error: "unavailable", down: ["tracker"], tools_left_out: 2 },
      latency_ms: expect.any(Number),
    });
  });

  it("tool servers that are not known, or hang, degrade the system", async () => {
    const unreadable = () => Promise.reject(new Error("The secret is not usable."));
    const hangs = () => new Promise<never>(() => {});
    for (const mcp of [unreadable, hangs]) {
      const probesWithMcp = { ...probes, mcp };
      const health = createHealthChecker({ identity, probes: probesWithMcp, deadlineMs: 5 });
      expect(await health()).toMatchObject({
        status: "degraded",
        checks: { mcp: { status: "error" } },
      });
    }
  });

  it("a deployment without tool servers does not mention them", async () => {
    const { checks } = await createHealthChecker({ identity, probes })();
    expect(Object.keys(checks ?? {})).toEqual(["database", "bedrock", "rate_limiter"]);
  });

  it("all requests within ten seconds share one report", async () => {
    let probed = 0;
    let now = 0;
    const database = async () => {
      probed += 1;
    };
    const health = createHealthChecker({
      identity,
      probes: { ...probes, database },
      now: () => now,
    });
    await Promise.all([health(), health()]);
    now = 9_999;
    await health();
    expect(probed).toBe(1);
    now = 10_000;
    await health();
    expect(probed).toBe(2);
  });
});
