import { readFileSync } from "node:fs";
import { join } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, expect, it } from "vitest";
import type { ChatAccepted, TurnState } from "#lib/contract/chat.ts";
import { readAll, textOf } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";

const notes: string[] = [];
const { twin, logIn } = await openTwin({
  environment: { CHAT_REQUESTS_PER_MINUTE: "120", LEASE_SECONDS: "2" },
  eventRetryMs: [200],
  log: (line) => notes.push(line),
});
const withoutRunner = await openTwin({ environment: { TURN_RUN_FUNCTION: "missing" } });
const client = await logIn();
const { script } = twin.parts.bedrock;
const respondAsync = { prefer: "respond-async" };

const lambda = new LambdaClient({
  endpoint: twin.lambdaEndpoint,
  region: "local",
  credentials: { accessKeyId: "local", secretAccessKey: "local" },
});
afterAll(() => lambda.destroy());

/** Calls turn-run and waits for its end. Returns the name of its error, if it failed. */
async function callTurnRun(turn: Pick<ChatAccepted, "conversation_id" | "turn_id">) {
  const { conversation_id, turn_id } = turn;
  const response = await client.send("/api/me");
  const { subject: owner } = (await response.json()) as { subject: string };
  const Payload = JSON.stringify({ owner, conversation_id, turn_id });
  const { FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: "turn-run", Payload }),
  );
  return FunctionError;
}

/** Reads the state of a turn, which runs nothing. */
async function stateOf({ stream_url }: ChatAccepted): Promise<TurnState> {
  const response = await client.send(stream_url, { headers: { accept: "application/json" } });
  return (await response.json()) as TurnState;
}

const toBeDone = (turn: ChatAccepted) =>
  expect
    .poll(async () => (await stateOf(turn)).status, { timeout: 20_000, interval: 50 })
    .toBe("done");

it("a message is answered without any GET", async () => {
  const response = await client.sendJson(
    "POST",
    "/api/v1/chat",
    { message: "My name is Ada." },
    respondAsync,
  );
  expect(response.status).toBe(200);
  expect(response.headers.get("preference-applied")).toBe("respond-async");
  const turn = (await response.json()) as ChatAccepted;
  await toBeDone(turn);
  expect(await stateOf(turn)).toMatchObject({ attempt: 1, result: expect.stringContaining("Ada") });
});

it("without the header nothing runs, and the response does not name the preference", async () => {
  const response = await client.sendJson("POST", "/api/v1/chat", { message: "Hello" });
  expect(response.headers.get("preference-applied")).toBeNull();
  const turn = (await response.json()) as ChatAccepted;
  expect((await stateOf(turn)).status).toBe("queued");
  expect(await callTurnRun(turn)).toBeUndefined();
  expect((await stateOf(turn)).status).toBe("done");
});

it("a reader who joins follows the runner to the end", async () => {
  const gate = script.hold({ afterDeltas: 3 });
  const turn = await client.post("Write a long answer", undefined, respondAsync);
  await gate.reached;
  const reading = client.send(turn.stream_url).then(readAll);
  gate.release();
  const events = await reading;
  expect(events.at(-1)?.event).toBe("done");
  expect(await stateOf(turn)).toMatchObject({ attempt: 1, result: textOf(events) });
});

it("a runner that is killed in mid-answer is started again and completes the turn", async () => {
  const gate = script.hold({ afterDeltas: 3 });
  const turn = await client.post("Write a long answer", undefined, respondAsync);
  await gate.reached;
  expect(await twin.functionKill("turn-run")).toBeGreaterThan(0);
  await toBeDone(turn);
  expect((await stateOf(turn)).attempt).toBe(2);
});

it("many events for one turn run it once", async () => {
  const calls = twin.parts.bedrock.calls.length;
  const headers = { ...respondAsync, "idempotency-key": "many-events" };
  const turn = await client.post("What is 2+2?", undefined, headers);
  const replays = await Promise.all(
    [1, 2, 3].map(() => client.post("What is 2+2?", undefined, headers)),
  );
  expect(replays.map(({ turn_id, replayed }) => [turn_id, replayed])).toEqual(
    Array(3).fill([turn.turn_id, true]),
  );
  await toBeDone(turn);
  const used = twin.parts.bedrock.calls.length - calls;
  expect(await callTurnRun(turn)).toBeUndefined();
  expect(await stateOf(turn)).toMatchObject({ status: "done", attempt: 1 });
  expect(twin.parts.bedrock.calls.length - calls).toBe(used);
});

it("the event of a deleted conversation is a success", async () => {
  const turn = await client.post("Hello");
  const { status } = await client.send(`/api/v1/conversations/${turn.conversation_id}`, {
    method: "DELETE",
  });
  expect(status).toBe(204);
  expect(await callTurnRun(turn)).toBeUndefined();
});

it("a database that is down is a failure, and the event runs again", async () => {
  const turn = await client.post("What is 3+3?");
  twin.parts.neon.fault = () => "error";
  expect(await callTurnRun(turn)).toBe("Unhandled");
  const log = readFileSync(join(twin.logsDirectory, "turn-run.log"), "utf8");
  expect(log).toContain("turn_run.failed");

  let refused = 0;
  twin.parts.neon.fault = () => {
    refused += 1;
    if (refused > 1) twin.parts.neon.fault = undefined;
    return "error";
  };
  await lambda.send(
    new InvokeCommand({
      FunctionName: "turn-run",
      InvocationType: "Event",
      Payload: JSON.stringify({
        owner: ((await (await client.send("/api/me")).json()) as { subject: string }).subject,
        conversation_id: turn.conversation_id,
        turn_id: turn.turn_id,
      }),
    }),
  );
  await expect.poll(() => refused).toBe(2);
  await toBeDone(turn);
});

it("a message whose runner cannot be started is kept, and the same request tries again", async () => {
  const person = await withoutRunner.logIn();
  const send = () =>
    person.sendJson(
      "POST",
      "/api/v1/chat",
      { message: "My name is Ada." },
      { ...respondAsync, "idempotency-key": "kept" },
    );
  const refused = await send();
  expect(refused.status).toBe(503);
  expect(refused.headers.get("retry-after")).toBe("5");
  expect(refused.headers.get("preference-applied")).toBeNull();
  const problem = (await refused.json()) as Pick<ChatAccepted, "conversation_id" | "turn_id">;
  expect(problem).toMatchObject({ type: "service_unavailable" });
  expect(await (await send()).json()).toMatchObject({ turn_id: problem.turn_id });

  const { conversation_id, turn_id } = problem;
  const address = `/api/v1/chat?conversation_id=${conversation_id}&turn_id=${turn_id}`;
  const events = await readAll(await person.send(address));
  expect(textOf(events)).toContain("Ada");
  expect((await send()).status).toBe(200);
});
