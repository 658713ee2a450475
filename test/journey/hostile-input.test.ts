import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { Problem } from "#lib/contract/problem.ts";
import { ChatClient } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";

const canary = "canary-7f3a9c";
const { twin, logIn } = await openTwin({ environment: { CHAT_REQUESTS_PER_MINUTE: "60" } });
const client = await logIn();

/** Checks that the text is a problem document of the contract and shows no internals. */
async function expectProblem(response: Response): Promise<Problem> {
  const text = await response.text();
  expect(response.headers.get("content-type"), text).toMatch(/^application\/problem\+json/);
  const problem = v.parse(Problem, JSON.parse(text));
  expect(problem.status).toBe(response.status);
  expect(text).not.toMatch(/node_modules|\bat [\w.<>]+ \(|\.ts:\d|\.mjs:\d|valibot|postgres/i);
  return problem;
}

const id = "11111111-1111-4111-8111-111111111111";
const post = (body: string, type = "application/json") =>
  client.send("/api/v1/chat", { method: "POST", body, headers: { "content-type": type } });

describe("bad input", () => {
  it.each([
    ["broken JSON", '{"message":', 400, "body"],
    ["no body", "", 400, "body"],
    ["null", "null", 400, undefined],
    ["an array", "[]", 400, "message"],
    ["no message", "{}", 400, "message"],
    ["a number as message", '{"message":1}', 400, "message"],
    ["null as message", '{"message":null}', 400, "message"],
    ["an empty message", '{"message":"   "}', 400, "message"],
    ["a message that is too long", JSON.stringify({ message: "x".repeat(32_001) }), 400, "message"],
    ["a message far too long", JSON.stringify({ message: "x".repeat(500_000) }), 400, "message"],
    ["U+0000", '{"message":"a\\u0000b"}', 400, "message"],
    ["half a surrogate pair", '{"message":"\\ud800"}', 400, "message"],
    ["an id that is no UUID", '{"message":"x","conversation_id":"1"}', 400, "conversation_id"],
    ["an id of another type", '{"message":"x","conversation_id":{}}', 400, "conversation_id"],
    ["a huge body", JSON.stringify({ message: "x".repeat(700_000) }), 413, undefined],
  ])("%s is rejected with the name of the field", async (_case, body, status, field) => {
    const problem = await expectProblem(await post(body));
    expect(problem.status).toBe(status);
    if (field !== undefined) expect(problem.field).toBe(field);
  });

  it("another content type returns 415, another method or path 404", async () => {
    expect((await expectProblem(await post("{}", "text/plain"))).status).toBe(415);
    const put = await client.send("/api/v1/chat", { method: "PUT", body: "{}" });
    expect((await expectProblem(put)).status).toBe(404);
    expect((await expectProblem(await client.send("/api/v2/chat"))).status).toBe(404);
  });

  it("a request without a session returns 401 before any other check", async () => {
    const stranger = new ChatClient(twin.url);
    const answer = await stranger.sendJson("POST", "/api/v1/chat", { message: 1 });
    expect((await expectProblem(answer)).status).toBe(401);
  });

  it.each([
    "/api/v1/chat",
    "/api/v1/chat?conversation_id=1",
    `/api/v1/chat?conversation_id=${id}&turn_id=x`,
    "/api/v1/conversations?limit=0",
    "/api/v1/conversations?limit=1e9",
    "/api/v1/conversations?cursor=%00",
    "/api/v1/conversations/%27%3B--",
    "/api/v1/usage?days=0",
    "/api/v1/usage?days=91",
    "/api/v1/usage?days=-1",
    "/api/v1/usage?days=1e1",
    "/api/v1/traces/1",
  ])("%s returns 400", async (path) => {
    expect((await expectProblem(await client.send(path))).status).toBe(400);
  });

  it("a response never repeats a wrong password", async () => {
    const answer = await client.sendJson("POST", "/api/login", { password: canary });
    expect(answer.status).toBe(401);
    expect(JSON.stringify(await expectProblem(answer))).not.toContain(canary);
  });

  it("a message of right-to-left text, emoji and control characters is stored unchanged", async () => {
    const message = "שלום \u202e 👩‍👩‍👧‍👦 \u0007 \t é";
    const { conversation_id } = await client.chat(message);
    const read = await client.send(`/api/v1/conversations/${conversation_id}`);
    expect(await read.json()).toMatchObject({ turns: [{ message: message.trim() }] });
  });
});

describe("2,000 requests of a fuzzer", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 60 }),
    fc.constantFrom(
      "",
      "null",
      id,
      "../../etc/passwd",
      "' or 1=1 --",
      "%00",
      "\r\nx: y",
      "__proto__",
    ),
  );
  const value = fc.oneof(fc.jsonValue({ maxDepth: 2 }), text);
  const body = fc.oneof(
    text,
    fc
      .record(
        { message: value, conversation_id: value, password: value, title: value, token: value },
        { requiredKeys: [] },
      )
      .map((fields) => JSON.stringify(fields)),
  );
  const request = fc.record({
    method: fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
    path: fc.oneof(
      fc.constantFrom(
        "/api/login",
        "/api/logout",
        "/api/me",
        "/api/v1/chat",
        "/api/chat",
        "/health?live=1",
      ),
      text.map((part) => `/api/v1/conversations/${encodeURIComponent(part)}`),
      fc
        .tuple(text, text)
        .map(
          ([a, b]) =>
            `/api/v1/chat?conversation_id=${encodeURIComponent(a)}&turn_id=${encodeURIComponent(b)}`,
        ),
      text.map((part) => `/api/${encodeURIComponent(part)}`),
    ),
    body,
    contentType: fc.constantFrom(
      "application/json",
      "application/json",
      "text/plain",
      "x/+json",
      "",
    ),
    signedIn: fc.boolean(),
    header: fc.tuple(
      fc.constantFrom(
        "idempotency-key",
        "last-event-id",
        "x-request-id",
        "accept",
        "authorization",
      ),
      fc.string({ unit: "grapheme-ascii", maxLength: 30 }),
    ),
  });

  it("cause no 5xx, and every error is a problem document", async () => {
    let sent = 0;
    await fc.assert(
      fc.asyncProperty(request, async ({ method, path, body, contentType, signedIn, header }) => {
        sent += 1;
        const headers = new Headers({
          // CloudFront's header, with a new address each time, so that no bucket runs empty.
          "x-api-key": twin.apiKeys.cloudFront,
          "cloudfront-viewer-address": `198.51.${sent >> 8}.${sent & 255}:4711`,
        });
        if (contentType) headers.set("content-type", contentType);
        headers.set(header[0], header[1].trim());
        // A session that ends would turn all later requests into 401s.
        const endsSession = path === "/api/logout" || (path === "/api/me" && method === "DELETE");
        if (signedIn && !endsSession) headers.set("cookie", client.cookie);
        const bodyless = method === "GET";
        const response = await fetch(new URL(path, twin.gatewayUrl), {
          method,
          headers,
          ...(!bodyless && { body }),
        });
        expect(response.status, `${method} ${path}`).toBeLessThan(500);
        if (response.status >= 400) await expectProblem(response);
        else await response.body?.cancel();
      }),
      { numRuns: 2_000, endOnFailure: true },
    );
    expect(sent).toBeGreaterThanOrEqual(2_000);
  }, 120_000);
});

describe("the logs of the run", () => {
  it("contain no message, password, cookie, token, connection string or address", async () => {
    await client.chat(`My secret word is ${canary}`);
    await client.sendJson("POST", "/api/login", { password: `${canary}-password` });
    const lines: string[] = [];
    for (const file of await readdir(twin.logsDirectory)) {
      lines.push(await readFile(join(twin.logsDirectory, file), "utf8"));
    }
    const logs = lines.join("\n");
    expect(logs).toContain("request.answered");
    expect(logs).toContain("turn.finished");
    const sessionToken = client.cookie.split("=")[1] ?? "none";
    for (const secret of [
      canary,
      twin.password,
      sessionToken,
      "postgres://",
      "postgresql://",
      "127.0.0.1",
    ]) {
      expect(logs.includes(secret), `the logs hold ${secret.slice(0, 12)}…`).toBe(false);
    }
  });
});

describe("the operators' report", () => {
  const report = "/api/v1/operator/report?days=7";
  const signIn = (operator: ChatClient, password: string) =>
    operator.sendJson("POST", "/api/operator/login", { password });

  it("opens with the operator's password, and never shows a message", async () => {
    const operator = new ChatClient(twin.url);
    expect((await operator.send(report)).status).toBe(401);
    expect((await signIn(operator, twin.operatorPassword)).status).toBe(200);
    await client.chat(canary);
    const response = await operator.send(report);
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      unit: "day",
      turns: { accepted: expect.any(Number) },
    });
    expect(text).not.toContain(canary);
    for (const days of ["0", "2", "31", "x"]) {
      const path = `/api/v1/operator/report?days=${days}`;
      expect((await expectProblem(await operator.send(path))).field).toBe("days");
    }
  });

  it("closes at sign-out, also for a copied cookie", async () => {
    const operator = new ChatClient(twin.url);
    const { expires_at } = await (await signIn(operator, twin.operatorPassword)).json();
    const { cookie } = operator;
    expect(await (await operator.send(report)).json()).toMatchObject({
      session_expires_at: expires_at,
    });
    for (const _time of ["first", "second"]) {
      const response = await operator.send("/api/operator/logout", { method: "POST" });
      expect(response.status).toBe(204);
    }
    operator.cookie = cookie;
    expect((await operator.send(report)).status).toBe(401);
  });

  it("refuses sessions of the chat, whose routes refuse an operator", async () => {
    expect((await client.send(report)).status).toBe(401);
    const operator = new ChatClient(twin.url);
    expect((await signIn(operator, twin.password)).status).toBe(401);
    await signIn(operator, twin.operatorPassword);
    const token = operator.cookie.split("=")[1] ?? "";
    expect((await operator.send("/api/me")).status).toBe(401);
    operator.cookie = `session=${token}`;
    expect((await operator.send("/api/me")).status).toBe(401);
    operator.cookie = `operator=${client.cookie.split("=")[1]}`;
    expect((await operator.send(report)).status).toBe(401);
  });

  it("locks an address out after five wrong passwords, but not from the chat", async () => {
    const guesser = new ChatClient(twin.url);
    const statuses: number[] = [];
    // An earlier test of this address has tried a wrong password, too.
    for (let count = 0; count < 5; count += 1) {
      statuses.push((await signIn(guesser, `${canary} ${count}`)).status);
    }
    expect(statuses[0]).toBe(401);
    expect(statuses.at(-1)).toBe(429);
    expect((await signIn(guesser, twin.operatorPassword)).status).toBe(429);
    await guesser.login(twin.password);
  });
});
