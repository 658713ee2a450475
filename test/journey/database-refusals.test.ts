import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { neonRefusals, Refusal } from "#local/neon/refusal.ts";
import { siteChecks } from "#scripts/verify/check-site.ts";
import { runChecks } from "#scripts/verify/run-checks.ts";
import { readAll } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";

const { twin, logIn } = await openTwin({
  environment: {
    LEASE_SECONDS: "2",
    CHAT_REQUESTS_PER_MINUTE: "120",
  },
});
const client = await logIn();
afterEach(() => {
  twin.parts.neon.fault = undefined;
});

const conversation = "0190a000-0000-7000-8000-000000000000";
const routes: [method: string, path: string, body?: object][] = [
  ["POST", "/api/v1/chat", { message: "Hello?" }],
  ["POST", "/api/v1/chat", { message: "Hello?", conversation_id: conversation }],
  ["GET", `/api/v1/chat?conversation_id=${conversation}`],
  ["DELETE", `/api/v1/chat?conversation_id=${conversation}&turn_id=${conversation}`],
  ["GET", "/api/v1/conversations"],
  ["GET", `/api/v1/conversations/${conversation}`],
  ["PATCH", `/api/v1/conversations/${conversation}`, { title: "New" }],
  ["DELETE", `/api/v1/conversations/${conversation}`],
  ["GET", "/api/v1/usage"],
  ["GET", `/api/v1/traces/${conversation}`],
];

const fields = { severity: "ERROR", detail: null };
const readOnly = "cannot execute UPDATE in a read-only transaction";
const refusals: [name: string, refusal: Refusal, retryAfter: string][] = [
  ["a wrong password", neonRefusals.wrong_password, "60"],
  ["a disabled endpoint", neonRefusals.endpoint_disabled, "60"],
  ["a used-up quota", neonRefusals.compute_quota, "60"],
  ["a full project", neonRefusals.project_full, "60"],
  ["a read-only database", new Refusal(400, readOnly, { ...fields, code: "25006" }), "60"],
  ["a missing table", new Refusal(400, "no table", { ...fields, code: "42P01" }), "60"],
  ["a lost connection", neonRefusals.connection_lost, "5"],
  ["too many connections", neonRefusals.too_many_connections, "5"],
  ["an unknown code", new Refusal(400, "?", { ...fields, code: "ZZ999" }), "5"],
];

it.each(refusals)("%s causes a 503 on every route", async (_, refusal, retryAfter) => {
  twin.parts.neon.fault = () => refusal;
  for (const [method, path, body] of routes) {
    const answer = await (body
      ? client.sendJson(method, path, body)
      : client.send(path, { method }));
    expect({ path, status: answer.status }).toEqual({ path, status: 503 });
    expect(answer.headers.get("retry-after")).toBe(retryAfter);
    expect(await answer.json()).toMatchObject({ type: "service_unavailable", status: 503 });
  }
});

it("the log names and counts the reason, and an SQL error stays a 500 without details", async () => {
  const log = () => readFileSync(join(twin.logsDirectory, "conversation-list.log"), "utf8");
  twin.parts.neon.fault = () => neonRefusals.project_full;
  expect((await client.send("/api/v1/conversations")).status).toBe(503);
  await expect.poll(log).toMatch(/"message":"request.refused".*"reason":"full"/);
  expect(log()).toContain('"DatabaseNeedsOperator":1');
  twin.parts.neon.fault = () => new Refusal(400, "syntax error", { ...fields, code: "42601" });
  const fault = await client.send("/api/v1/conversations");
  expect(fault.status).toBe(500);
  expect(await fault.json()).toMatchObject({ type: "internal_error" });
});

it("health and verify name the reason", async () => {
  twin.parts.neon.fault = () => neonRefusals.address_not_allowed;
  const check = siteChecks(twin.url).filter(({ name }) => name === "health reports every part");
  const [result] = await runChecks(check, () => {});
  expect(result).toMatchObject({
    passed: false,
    seen: expect.stringMatching(/status is error.*"error":"access_denied"/),
  });
});

it("a turn whose commit was refused runs again when the database returns", async () => {
  const gate = twin.parts.bedrock.script.hold({ afterDeltas: 1 });
  const accepted = await client.post("What is 6 times 7?");
  const stream = client.send(accepted.stream_url);
  await gate.reached;
  twin.parts.neon.fault = () => neonRefusals.project_full;
  gate.release();
  const events = await readAll(await stream);
  expect(events.at(-1)).toMatchObject({
    event: "error",
    data: { type: "service_unavailable", status: 503, retryable: true, retry_after: 60 },
  });
  twin.parts.neon.fault = undefined;
  const again = await readAll(await client.send(accepted.stream_url));
  expect(again.at(-1)).toMatchObject({ event: "done" });
});
