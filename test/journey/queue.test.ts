import { expect, it } from "vitest";
import { readDeployment } from "#local/deployment.ts";
import { readAll } from "#test/support/chat-client.ts";
import { openTwin } from "#test/support/open-twin.ts";

const lambdaSeconds =
  readDeployment().functions.find(({ name }) => name === "chat-stream")?.timeoutSeconds ?? 0;
/** The reserve at the end of an invocation. */
const marginSeconds = 20;

// One invocation has time for one whole turn only.
const { logIn } = await openTwin({
  environment: {
    CHAT_REQUESTS_PER_MINUTE: "60",
    TURN_DEADLINE_SECONDS: String(lambdaSeconds - marginSeconds),
  },
});
const client = await logIn();

const messages = ["My name is Grace.", "What is 2+2?", "Hello", "What is my name?"];

/** Reads stream after stream until a 204. Returns the completed turn ids of each stream. */
async function readOn(url: string): Promise<string[][]> {
  const streams: string[][] = [];
  let lastEventId: string | undefined;
  for (;;) {
    const headers = lastEventId === undefined ? {} : { "last-event-id": lastEventId };
    const response = await client.send(url, { headers });
    if (response.status === 204) return streams;
    const events = await readAll(response);
    expect(events.at(-1)?.event).toBe("done");
    lastEventId = events.at(-1)?.id;
    streams.push(events.flatMap((event) => (event.event === "done" ? [event.data.turn_id] : [])));
  }
}

it("a queue longer than one invocation runs in order, one stream after the other", async () => {
  const turnIds: string[] = [];
  let conversationId: string | undefined;
  for (const message of messages) {
    const accepted = await client.post(message, conversationId);
    conversationId = accepted.conversation_id;
    turnIds.push(accepted.turn_id);
  }
  const streams = await readOn(`/api/v1/chat?conversation_id=${conversationId}`);
  expect(streams).toEqual(turnIds.map((turnId) => [turnId]));
  const last = `/api/v1/chat?conversation_id=${conversationId}&turn_id=${turnIds.at(-1)}`;
  const read = await client.send(last, { headers: { accept: "application/json" } });
  expect(await read.json()).toMatchObject({
    status: "done",
    result: expect.stringContaining("Grace"),
  });
});
