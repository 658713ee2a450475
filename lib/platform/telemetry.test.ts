import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createTelemetry } from "./telemetry.ts";

const written: string[] = [];
beforeEach(() => {
  vi.stubEnv("POWERTOOLS_SERVICE_NAME", "test");
  const keep = (text: unknown) => written.push(String(text)) > 0;
  vi.spyOn(process.stdout, "write").mockImplementation(keep);
  vi.spyOn(process.stderr, "write").mockImplementation(keep);
  vi.spyOn(console, "log").mockImplementation(keep);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  written.length = 0;
});

const told = () =>
  written.flatMap((text) => text.trim().split("\n")).map((line) => JSON.parse(line));

it("logs the ids of the current request and none of the request before", () => {
  const telemetry = createTelemetry("chat-post");
  telemetry.begin({ correlation_id: "one", route: "chat-post" });
  telemetry.info("turn.accepted");
  telemetry.begin({ correlation_id: "two" });
  telemetry.info("turn.accepted");
  telemetry.flush();
  const [first, second] = told();
  expect(first).toMatchObject({ correlation_id: "one", route: "chat-post" });
  expect(second).toMatchObject({ message: "turn.accepted", correlation_id: "two" });
  expect(second).not.toHaveProperty("route");
});

it("writes a request's lines together: within 50 ms, before an error, and at the end", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const telemetry = createTelemetry("chat-post");
  const messages = () => told().map(({ message }) => message);
  telemetry.info("turn.accepted");
  await new Promise((resolve) => setImmediate(resolve));
  expect(messages()).toEqual([]);
  await vi.advanceTimersByTimeAsync(50);
  expect(messages()).toEqual(["turn.accepted"]);
  telemetry.info("turn.claimed");
  telemetry.error("request.failed", new Error("broken"));
  expect(messages()).toEqual(["turn.accepted", "turn.claimed", "request.failed"]);
  telemetry.info("request.completed");
  telemetry.flush();
  expect(messages().at(-1)).toBe("request.completed");
});

it("logs the parts and causes of an error", () => {
  const parts = [new Error("no route"), new Error("refused")];
  createTelemetry("chat-post").error(
    "request.failed",
    new TypeError("fetch failed", { cause: new AggregateError(parts, "all failed") }),
  );
  expect(told()).toMatchObject([
    {
      message: "request.failed",
      error: {
        name: "TypeError",
        stack: expect.stringContaining("fetch failed"),
        cause: { errors: [{ message: "no route" }, { message: "refused" }] },
      },
    },
  ]);
});

it("sends each metric once, grouped by dimensions", () => {
  const telemetry = createTelemetry("chat-post");
  telemetry.measure("Requests", 1, { route: "a" });
  telemetry.measure("Requests", 1, { route: "b" });
  telemetry.measure("TurnsAccepted", 1);
  telemetry.flush();
  telemetry.flush();
  expect(told()).toMatchObject([
    { route: "a", Requests: 1 },
    { route: "b", Requests: 1 },
    { TurnsAccepted: 1 },
  ]);
});
