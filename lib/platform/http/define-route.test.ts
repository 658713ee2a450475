import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { DatabaseUnavailable } from "#lib/platform/postgres.ts";
import type { RequestTelemetry } from "#lib/platform/telemetry.ts";
import { gatewayEvent, invoke } from "#test/support/gateway-event.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { defineRoute } from "./define-route.ts";
import { HttpProblem } from "./http-problem.ts";
import { json } from "./http-response.ts";
import { parseBody, parseQuery } from "./parse-request.ts";

const route = () => defineRoute("test", recordingTelemetry().telemetry);

describe("defineRoute", () => {
  it("adds the request's id and the security headers to a response", async () => {
    const handler = route().handler(async () => json(200, { ok: true }));
    const answer = await invoke(handler, gatewayEvent({ headers: { "X-Request-Id": "abc-1" } }));
    expect(answer.statusCode).toBe(200);
    expect(answer.headers).toMatchObject({
      "x-request-id": "abc-1",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    });
  });

  it("replaces a request id that could forge a log line", async () => {
    const handler = route().handler(async () => json(200, {}));
    const answer = await invoke(handler, gatewayEvent({ headers: { "X-Request-Id": 'a"\n{}' } }));
    expect(answer.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("turns an HttpProblem into a problem response with Retry-After", async () => {
    const handler = route().handler(async () => {
      throw new HttpProblem("rate_limited", 429, "Wait.", { retryAfterSeconds: 42 });
    });
    const answer = await invoke(handler, gatewayEvent());
    expect(answer.statusCode).toBe(429);
    expect(answer.headers).toMatchObject({
      "content-type": "application/problem+json",
      "retry-after": "42",
    });
    expect(JSON.parse(answer.body)).toEqual({
      type: "rate_limited",
      title: "Too many requests",
      status: 429,
      detail: "Wait.",
      request_id: answer.headers["x-request-id"],
      retry_after: 42,
    });
  });

  it("says a problem in the form of another protocol, with Retry-After", async () => {
    const { telemetry } = recordingTelemetry();
    const handler = defineRoute("test", telemetry, ({ detail }) => ({
      headers: { "content-type": "text/plain", "x-form": "other" },
      body: detail,
    })).handler(async () => {
      throw new HttpProblem("rate_limited", 429, "Wait.", { retryAfterSeconds: 42 });
    });
    const { statusCode, headers, body } = await invoke(handler, gatewayEvent());
    expect([statusCode, body]).toEqual([429, "Wait."]);
    expect(headers).toMatchObject({
      ...{ "content-type": "text/plain", "x-form": "other", "retry-after": "42" },
    });
  });

  it("turns an unexpected error into a blank 500 and logs the cause", async () => {
    const cause = new Error("password=hunter2");
    const { telemetry, lines, flushes } = recordingTelemetry();
    const handler = defineRoute("test", telemetry).handler(async () => {
      throw cause;
    });
    const answer = await invoke(handler, gatewayEvent());
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain("hunter2");
    expect(lines).toContainEqual({ level: "error", event: "request.failed", cause });
    expect(flushes()).toBe(1);
  });

  it("counts a request that failed without a database, and no other refusal", async () => {
    const counted: unknown[][] = [];
    const telemetry: RequestTelemetry = {
      ...recordingTelemetry().telemetry,
      measure: (...call) => call[0].startsWith("Database") && counted.push(call),
    };
    const failWith = (error: Error) =>
      defineRoute("test", telemetry).handler(async () => {
        throw error;
      });
    const busy = new HttpProblem("service_unavailable", 503, "Busy.");
    expect((await invoke(failWith(busy), gatewayEvent())).statusCode).toBe(503);
    expect(counted).toEqual([]);
    const answer = await invoke(failWith(new DatabaseUnavailable()), gatewayEvent());
    expect(answer).toMatchObject({ statusCode: 503, headers: { "retry-after": "5" } });
    expect(counted.splice(0)).toEqual([
      ["DatabaseUnavailable", 1],
      ["DatabaseUnavailable", 1, { reason: "unavailable" }],
    ]);
    const full = new DatabaseUnavailable(undefined, "full");
    expect((await invoke(failWith(full), gatewayEvent())).headers).toMatchObject({
      "retry-after": "60",
    });
    expect(counted).toEqual([
      ["DatabaseUnavailable", 1],
      ["DatabaseUnavailable", 1, { reason: "full" }],
      ["DatabaseNeedsOperator", 1],
    ]);
  });

  it("responds to HEAD with headers only", async () => {
    const handler = route().handler(async () => json(503, { status: "error" }));
    const answer = await invoke(handler, gatewayEvent({ method: "HEAD" }));
    expect(answer).toMatchObject({
      statusCode: 503,
      headers: { "content-type": "application/json" },
      body: "",
    });
  });

  it.each([
    [200, []],
    [404, ["Errors4xx"]],
    [503, ["Errors5xx"]],
  ])("counts a response of status %i", async (status, errors) => {
    const { telemetry, measured } = recordingTelemetry();
    const handler = defineRoute("test", telemetry).handler(async () => {
      if (status >= 400) throw new HttpProblem("not_found", status, "No.");
      return json(status, {});
    });
    await invoke(handler, gatewayEvent());
    expect(measured.map(({ metric }) => metric)).toEqual(["Requests", "Latency", ...errors]);
  });

  it.each(["/api/chat", "/api/chat/"])(
    "marks the old path %s as deprecated, on errors too",
    async (path) => {
      const handler = route().handler(async () => {
        throw new HttpProblem("not_found", 404, "Nothing here.");
      });
      const answer = await invoke(handler, gatewayEvent({ path }));
      expect(answer.headers).toMatchObject({
        "x-deprecated": "true",
        deprecation: expect.stringMatching(/^@\d+$/),
        link: '</api/v1/chat>; rel="successor-version"',
      });
    },
  );
});

describe("parseBody", () => {
  const Body = v.object({
    name: v.pipe(v.string("must be a string"), v.maxLength(5, "is too long")),
  });
  const handler = route()
    .use(parseBody(Body, { maxBytes: 100 }))
    .handler(async ({ body }) => json(200, { name: body.name }));
  const post = (options: Parameters<typeof gatewayEvent>[0]) =>
    invoke(handler, gatewayEvent({ method: "POST", ...options }));

  it("passes the schema's output to the handler", async () => {
    expect((await post({ body: { name: "Ada" } })).body).toBe('{"name":"Ada"}');
  });

  it.each([
    ["broken JSON", "{", "body"],
    ["an empty body", "", "body"],
    ["null", "null", "body"],
    ["an array", "[]", "name"],
    ["a missing field", "{}", "name"],
    ["a wrong type", '{"name":1}', "name"],
    ["a value that is too long", '{"name":"abcdef"}', "name"],
    ["a key that pollutes prototypes", '{"__proto__":{"name":"x"}}', "body"],
  ])("refuses %s with a 400 that names the field", async (_case, body, field) => {
    const answer = await post({ body });
    expect(answer.statusCode).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ type: "bad_request", field });
  });

  it("never repeats a refused value", async () => {
    const answer = await post({ body: { name: "secret-value" } });
    expect(answer.body).not.toContain("secret-value");
  });

  it.each([
    ["application/json", 200],
    ["application/json; charset=utf-8", 200],
    ["application/json ;charset=utf-8", 200],
    ["APPLICATION/JSON\t;charset=utf-8", 200],
    ["application/problem+json", 200],
    ["application/jsonl", 415],
    ["application/json, text/plain", 415],
    ["text/json", 415],
    ["", 415],
  ])("responds to Content-Type: %s as RFC 9110 says: %i", async (contentType, status) => {
    const headers = { "Content-Type": contentType };
    expect((await post({ body: { name: "Ada" }, headers })).statusCode).toBe(status);
  });

  it("refuses another content type with 415 and a large body with 413", async () => {
    const headers = { "Content-Type": "text/plain" };
    expect((await post({ body: "{}", headers })).statusCode).toBe(415);
    expect((await post({ body: { name: "x".repeat(200) } })).statusCode).toBe(413);
  });
});

describe("parseQuery", () => {
  it("refuses a missing parameter by its name", async () => {
    const handler = route()
      .use(parseQuery(v.object({ id: v.string() })))
      .handler(async () => json(200, {}));
    const answer = await invoke(handler, gatewayEvent());
    expect(answer.statusCode).toBe(400);
    expect(JSON.parse(answer.body)).toMatchObject({ field: "id", detail: "id is missing." });
  });
});
