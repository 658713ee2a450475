import { describe, expect, it } from "vitest";
import { DatabaseUnavailable, SqlError } from "#lib/platform/database-errors.ts";
import { createHealth } from "./report-health.ts";

const identity = { environment: "local", version: "1.2.3", model: "demo-model" } as const;
const works = async () => {};
const fails = async () => {
  throw new Error("connect to db.internal:5432 refused");
};
const probes = { database: works, bedrock: works, rate_limiter: works };

describe("createHealth", () => {
  it("is ok when every dependency answers", async () => {
    const report = await createHealth({ identity, probes })();
    expect(report).toMatchObject({ status: "ok", version: "1.2.3", api_version: "v1" });
    expect(report.checks?.database).toEqual({ status: "ok", latency_ms: expect.any(Number) });
  });

  it("is degraded without the model or the limiter, and an error without the database", async () => {
    const statusWith = async (broken: object) =>
      (await createHealth({ identity, probes: { ...probes, ...broken } })()).status;
    expect(await statusWith({ bedrock: fails })).toBe("degraded");
    expect(await statusWith({ rate_limiter: fails })).toBe("degraded");
    expect(await statusWith({ database: fails, bedrock: fails })).toBe("error");
  });

  it("names a class of failure and never the words of a library", async () => {
    const report = await createHealth({ identity, probes: { ...probes, database: fails } })();
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
  ])("calls %s %s", async (name, error) => {
    const bedrock = () => Promise.reject(Object.assign(new Error("secret"), { name }));
    const report = await createHealth({ identity, probes: { ...probes, bedrock } })();
    expect(report.checks?.bedrock).toMatchObject({ status: "error", error });
  });

  it.each([
    [401, "access_denied"],
    [403, "access_denied"],
    [404, "not_found"],
    [429, "throttled"],
    [500, "unavailable"],
  ])("calls a status of %i %s, by whatever name it comes", async (httpStatusCode, error) => {
    const failure = Object.assign(new Error("secret"), { $metadata: { httpStatusCode } });
    const bedrock = () => Promise.reject(failure);
    const report = await createHealth({ identity, probes: { ...probes, bedrock } })();
    expect(report.checks?.bedrock).toMatchObject({ status: "error", error });
  });

  it.each([
    [new DatabaseUnavailable(), "unavailable"],
    [new DatabaseUnavailable(undefined, "access_denied"), "access_denied"],
    [new DatabaseUnavailable(undefined, "full"), "full"],
    [new DatabaseUnavailable(undefined, "not_migrated"), "not_migrated"],
    [new SqlError("syntax error", "42601"), "internal_error"],
  ])("names the reason of the database: %s, %s", async (failure, error) => {
    const database = () => Promise.reject(failure);
    const report = await createHealth({ identity, probes: { ...probes, database } })();
    expect(report).toMatchObject({ status: "error", checks: { database: { error } } });
  });

  it("gives up on a dependency that does not answer in time", async () => {
    const hangs = () => new Promise<void>(() => {});
    const health = createHealth({ identity, probes: { ...probes, bedrock: hangs }, deadlineMs: 5 });
    expect((await health()).checks?.bedrock).toMatchObject({ status: "error", error: "timeout" });
  });

  it("looks once for all who ask within ten seconds", async () => {
    let looks = 0;
    let now = 0;
    const database = async () => {
      looks += 1;
    };
    const health = createHealth({ identity, probes: { ...probes, database }, now: () => now });
    await Promise.all([health(), health()]);
    now = 9_999;
    await health();
    expect(looks).toBe(1);
    now = 10_000;
    await health();
    expect(looks).toBe(2);
  });
});
