import { endOfTurn } from "./newest-turn.ts";
import { type Check, expectStatus, expectThat } from "./run-checks.ts";
import { expectEnd, expectPieces, textOf } from "./stream-expectations.ts";
import {
  type ReceivedEvent,
  readAllEvents,
  readEvents,
  readJson,
  VerifyClient,
} from "./verify-client.ts";

const longRequest = "Write a long answer of about 300 words.";

/** Checks messages and their streams. `client` is logged in. */
export function chatChecks(client: VerifyClient, password: string): Check[] {
  const conversation: Conversation = { id: "" };
  return [
    ...memoryChecks(client, password, conversation),
    ...readerChecks(client, conversation),
    ...acceptChecks(client, password, conversation),
  ];
}

/** The conversation of the first check, for the checks after it. */
interface Conversation {
  id: string;
}

function memoryChecks(client: VerifyClient, password: string, conversation: Conversation): Check[] {
  let streamUrl: string | undefined;
  let endId: string | undefined;
  return [
    {
      name: "an answer arrives while it is written",
      async run() {
        const sentAt = performance.now();
        const first = await client.chat("My name is TestUser. Remember this.");
        conversation.id = first.conversationId;
        streamUrl = first.streamUrl;
        const events = await readAllEvents(first.response);
        endId = events.at(-1)?.id;
        expectEnd(events, "done");
        return expectPieces(events, sentAt);
      },
    },
    {
      name: "a reader who reconnects after the end gets no second stream",
      async run() {
        expectThat(streamUrl !== undefined && endId !== undefined, "the end has no id");
        const headers = { "last-event-id": endId };
        expectStatus(await client.stream(streamUrl, { headers }), 204);
        return "204, so last-event-id is forwarded";
      },
    },
    {
      name: "a later session remembers",
      async run() {
        expectStatus(await client.login(password), 200);
        const accepted = await client.post("What is my name?", conversation.id);
        const events = await readAllEvents(await client.stream(accepted.streamUrl));
        expectThat(textOf(events).includes("TestUser"), "the answer does not contain the name");
        return "the answer has the name";
      },
    },
    {
      name: "the transcript has every message and answer",
      async run() {
        const response = await client.send(`/api/v1/conversations/${conversation.id}`);
        expectStatus(response, 200);
        const { turns } = await readJson(response);
        const kept = Array.isArray(turns) ? turns.map(answerIn) : [];
        expectThat(kept.length === 2, `it has ${kept.length} turns, not two`);
        expectThat(kept.every(Boolean), "an answer is missing");
        return "two turns with their answers";
      },
    },
  ];
}

/** Checks readers who leave, reload or stop. */
function readerChecks(client: VerifyClient, conversation: Conversation): Check[] {
  return [
    {
      name: "a reload in mid-stream shows all of it",
      async run() {
        const accepted = await client.post(longRequest, conversation.id);
        const leaving = new AbortController();
        const stream = await client.stream(accepted.streamUrl, { signal: leaving.signal });
        for await (const { event } of readEvents(stream)) if (event === "delta") break;
        leaving.abort();
        const again = await readAllEvents(await client.stream(accepted.streamUrl));
        expectThat(
          again.some(({ event }) => event === "snapshot"),
          "no snapshot arrived",
        );
        expectEnd(again, "done");
        return "a snapshot, then the rest";
      },
    },
    {
      name: "stop ends an answer and keeps its text",
      async run() {
        const accepted = await client.post(longRequest, conversation.id);
        const events: ReceivedEvent[] = [];
        let stopping: Promise<Response> | undefined;
        for await (const event of readEvents(await client.stream(accepted.streamUrl))) {
          events.push(event);
          if (event.event !== "delta") continue;
          stopping ??= client.send(accepted.streamUrl, { method: "DELETE" });
        }
        expectThat(stopping !== undefined, "no text arrived");
        expectStatus(await stopping, 200);
        expectEnd(events, "stopped");
        return `${textOf(events).length} characters kept`;
      },
    },
    {
      name: "a turn finishes after its reader has left",
      async run() {
        const accepted = await client.post(longRequest);
        const leaving = new AbortController();
        const stream = await client.stream(accepted.streamUrl, { signal: leaving.signal });
        for await (const { event } of readEvents(stream)) if (event === "delta") break;
        leaving.abort();
        const turn = await endOfTurn(client, accepted.conversationId);
        expectThat(turn.status === "done", `the turn is ${turn.status}`);
        expectThat(turn.attempt === 1, `it took ${turn.attempt} attempts`);
        expectThat(answerIn(turn) !== "", "the turn has no answer");
        return `${answerIn(turn).length} characters, in one attempt`;
      },
    },
  ];
}

function acceptChecks(client: VerifyClient, password: string, conversation: Conversation): Check[] {
  return [
    {
      name: "one request sends a message and streams its answer",
      async run() {
        const sentAt = performance.now();
        const { response, streamUrl } = await client.chat("Count from one to ten.");
        const events = await readAllEvents(response);
        expectEnd(events, "done");
        const again = await readAllEvents(await client.stream(streamUrl));
        expectThat(textOf(again) === textOf(events), "its address streams another answer");
        return expectPieces(events, sentAt);
      },
    },
    {
      name: "a repeated message with the same key is one turn",
      async run() {
        const headers = { "idempotency-key": crypto.randomUUID() };
        const first = await client.post("Test", undefined, headers);
        const second = await client.post("Test", undefined, headers);
        expectThat(first.turnId === second.turnId && second.replayed, "there are two turns");
        return "replayed";
      },
    },
    {
      name: "another owner cannot read the conversation",
      async run() {
        const other = new VerifyClient(client.origin);
        expectStatus(await other.login(password), 200);
        const seen = async (id: string) => {
          const response = await other.send(`/api/v1/conversations/${id}`);
          expectStatus(response, 404);
          const { request_id: _, ...problem } = await readJson(response);
          return JSON.stringify(problem);
        };
        expectThat(
          (await seen(conversation.id)) === (await seen(crypto.randomUUID())),
          "the response differs from that for an unknown conversation",
        );
        const stream = await other.stream(`/api/v1/chat?conversation_id=${conversation.id}`);
        expectStatus(stream, 404);
        return "404, as for an unknown conversation";
      },
    },
  ];
}

function answerIn(turn: object): string {
  return "result" in turn && typeof turn.result === "string" ? turn.result : "";
}

/** Deletes the conversations of the checks. */
export function cleanUpCheck(client: VerifyClient): Check {
  return {
    name: "conversations are deleted",
    async run() {
      for (const id of client.conversationIds) await client.delete(`/api/v1/conversations/${id}`);
      const list = await client.get("/api/v1/conversations");
      expectThat(String(list.conversations) === "", "some are still listed");
      return `${client.conversationIds.size}, none is left`;
    },
  };
}
