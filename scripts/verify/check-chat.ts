import { setTimeout as pause } from "node:timers/promises";
import { type Check, expectStatus, expectThat } from "./run-checks.ts";
import {
  type ReceivedEvent,
  readAllEvents,
  readEvents,
  readJson,
  retryAfter429,
  VerifyClient,
} from "./verify-client.ts";

const longRequest = "Write a long answer of about 300 words.";

/** Checks messages and their streams. `client` is logged in. */
export function chatChecks(client: VerifyClient, password: string): Check[] {
  let conversationId = "";
  let streamUrl = "";
  let endId: string | undefined;
  return [
    {
      name: "an answer arrives while it is written",
      async run() {
        ({ conversationId, streamUrl } = await client.post("My name is TestUser. Remember this."));
        const sentAt = performance.now();
        const events = await readAllEvents(await client.stream(streamUrl));
        endId = events.at(-1)?.id;
        expectEnd(events, "done");
        return expectPieces(events, sentAt);
      },
    },
    {
      name: "a reader who reconnects after the end gets no second stream",
      async run() {
        expectThat(endId !== undefined, "the end has no id");
        const headers = { "last-event-id": endId };
        expectStatus(await client.stream(streamUrl, { headers }), 204);
        return "204, so last-event-id is forwarded";
      },
    },
    {
      name: "a later session remembers",
      async run() {
        expectStatus(await client.login(password), 200);
        const accepted = await client.post("What is my name?", conversationId);
        const events = await readAllEvents(await client.stream(accepted.streamUrl));
        expectThat(textOf(events).includes("TestUser"), "the answer does not contain the name");
        return "the answer has the name";
      },
    },
    {
      name: "the transcript has every message and answer",
      async run() {
        const response = await client.send(`/api/v1/conversations/${conversationId}`);
        expectStatus(response, 200);
        const { turns } = await readJson(response);
        const kept = Array.isArray(turns) ? turns.map(answerIn) : [];
        expectThat(kept.length === 2, `it has ${kept.length} turns, not two`);
        expectThat(kept.every(Boolean), "an answer is missing");
        return "two turns with their answers";
      },
    },
    {
      name: "a reload in mid-stream shows all of it",
      async run() {
        const accepted = await client.post(longRequest, conversationId);
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
        const accepted = await client.post(longRequest, conversationId);
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
          (await seen(conversationId)) === (await seen(crypto.randomUUID())),
          "the response differs from that for an unknown conversation",
        );
        const stream = await other.stream(`/api/v1/chat?conversation_id=${conversationId}`);
        expectStatus(stream, 404);
        return "404, as for an unknown conversation";
      },
    },
  ];
}

/** Polls the transcript until its newest turn has ended. Reading runs no turn, so the first runner must have ended it. */
async function endOfTurn(client: VerifyClient, conversationId: string) {
  const until = performance.now() + 120_000;
  for (;;) {
    const { turns } = await readJson(await client.send(`/api/v1/conversations/${conversationId}`));
    const turn: Record<string, unknown> = Array.isArray(turns) ? { ...turns.at(-1) } : {};
    if (turn.status !== "running" || performance.now() > until) return turn;
    await pause(2_000);
  }
}

function answerIn(turn: object): string {
  return "result" in turn && typeof turn.result === "string" ? turn.result : "";
}

/** A buffered answer arrives within a few milliseconds. No model writes three words as fast. */
const minWritingMs = 20;

/** Checks that text arrived in pieces, and not all at once at the end. */
export function expectPieces(events: readonly ReceivedEvent[], sentAt: number): string {
  const times = events.filter(({ event }) => event === "delta").map(({ atMs }) => atMs);
  const [first = 0] = times;
  const writingMs = Math.round((times.at(-1) ?? 0) - first);
  const seen = `${times.length} deltas in ${writingMs} ms`;
  expectThat(times.length >= 3 && writingMs >= minWritingMs, `all at once: ${seen}`);
  return `first text after ${Math.round(first - sentAt)} ms, ${seen}`;
}

/** Deletes the conversations of the checks. */
export function cleanUpCheck(client: VerifyClient): Check {
  return {
    name: "conversations are deleted",
    async run() {
      for (const id of client.conversationIds) {
        const path = `/api/v1/conversations/${id}`;
        const response = await retryAfter429(() => client.send(path, { method: "DELETE" }));
        expectStatus(response, 204);
      }
      const list = await readJson(await client.send("/api/v1/conversations"));
      expectThat(String(list.conversations) === "", "some are still listed");
      return `${client.conversationIds.size}, none is left`;
    },
  };
}

export function expectEnd(events: readonly ReceivedEvent[], wanted: string): void {
  const last = events.at(-1);
  const { type = "" } = last?.data ?? {};
  const hint =
    type === "model_unavailable"
      ? ". Bedrock refuses the call. Does the account have access to the model in this region?"
      : "";
  expectThat(
    last?.event === wanted,
    `the stream ended with ${last?.event ?? "nothing"} ${type}, expected ${wanted}${hint}`,
  );
}

export function textOf(events: readonly ReceivedEvent[]): string {
  let text = "";
  for (const { event, data } of events) {
    if (event === "snapshot") text = String(data.text);
    if (event === "delta") text += String(data.text);
  }
  return text;
}
