import { setTimeout as pause } from "node:timers/promises";
import { type Check, expectStatus, expectThat } from "./report.ts";
import { type Arrival, patiently, readAll, readArrivals, readJson, Visitor } from "./visitor.ts";

const longWish = "Write a long answer of about 300 words.";

/** Messages and their streams; `visitor` is logged in. */
export function chatChecks(visitor: Visitor, password: string): Check[] {
  let conversationId = "";
  let streamUrl = "";
  let endId: string | undefined;
  return [
    {
      name: "an answer arrives while it is written",
      async run() {
        ({ conversationId, streamUrl } = await visitor.post("My name is TestUser. Remember this."));
        const askedAt = performance.now();
        const arrivals = await readAll(await visitor.stream(streamUrl));
        endId = arrivals.at(-1)?.id;
        expectEnd(arrivals, "done");
        return expectPieces(arrivals, askedAt);
      },
    },
    {
      name: "a reader who comes back after the end gets nothing twice",
      async run() {
        expectThat(endId !== undefined, "the end has no id");
        const headers = { "last-event-id": endId };
        expectStatus(await visitor.stream(streamUrl, { headers }), 204);
        return "204, so last-event-id is forwarded";
      },
    },
    {
      name: "a later session remembers",
      async run() {
        expectStatus(await visitor.login(password), 200);
        const accepted = await visitor.post("What is my name?", conversationId);
        const arrivals = await readAll(await visitor.stream(accepted.streamUrl));
        expectThat(textOf(arrivals).includes("TestUser"), "the answer does not know the name");
        return "it knows the name";
      },
    },
    {
      name: "the transcript holds what was said",
      async run() {
        const response = await visitor.send(`/api/v1/conversations/${conversationId}`);
        expectStatus(response, 200);
        const { turns } = await readJson(response);
        const kept = Array.isArray(turns) ? turns.map(answerIn) : [];
        expectThat(kept.length === 2, `it holds ${kept.length} turns, not two`);
        expectThat(kept.every(Boolean), "an answer is missing");
        return "two turns with their answers";
      },
    },
    {
      name: "a reload in mid-stream shows all of it",
      async run() {
        const accepted = await visitor.post(longWish, conversationId);
        const leaving = new AbortController();
        const stream = await visitor.stream(accepted.streamUrl, { signal: leaving.signal });
        for await (const { event } of readArrivals(stream)) if (event === "delta") break;
        leaving.abort();
        const again = await readAll(await visitor.stream(accepted.streamUrl));
        expectThat(
          again.some(({ event }) => event === "snapshot"),
          "no snapshot came",
        );
        expectEnd(again, "done");
        return "a snapshot, then the rest";
      },
    },
    {
      name: "stop ends an answer and keeps its text",
      async run() {
        const accepted = await visitor.post(longWish, conversationId);
        const arrivals: Arrival[] = [];
        let asked: Promise<Response> | undefined;
        for await (const arrival of readArrivals(await visitor.stream(accepted.streamUrl))) {
          arrivals.push(arrival);
          if (arrival.event !== "delta") continue;
          asked ??= visitor.send(accepted.streamUrl, { method: "DELETE" });
        }
        expectThat(asked !== undefined, "no text came");
        expectStatus(await asked, 200);
        expectEnd(arrivals, "stopped");
        return `${textOf(arrivals).length} characters kept`;
      },
    },
    {
      name: "an answer is finished although its reader has left",
      async run() {
        const accepted = await visitor.post(longWish);
        const leaving = new AbortController();
        const stream = await visitor.stream(accepted.streamUrl, { signal: leaving.signal });
        for await (const { event } of readArrivals(stream)) if (event === "delta") break;
        leaving.abort();
        const turn = await endOfTurn(visitor, accepted.conversationId);
        expectThat(turn.status === "done", `the turn is ${turn.status}`);
        expectThat(turn.attempt === 1, `it took ${turn.attempt} attempts`);
        expectThat(answerIn(turn) !== "", "the turn has no answer");
        return `${answerIn(turn).length} characters, in one attempt`;
      },
    },
    {
      name: "a message that is sent twice is one",
      async run() {
        const headers = { "idempotency-key": crypto.randomUUID() };
        const first = await visitor.post("Test", undefined, headers);
        const second = await visitor.post("Test", undefined, headers);
        expectThat(first.turnId === second.turnId && second.replayed, "it became two");
        return "replayed";
      },
    },
    {
      name: "another visitor sees nothing of it",
      async run() {
        const other = new Visitor(visitor.origin);
        expectStatus(await other.login(password), 200);
        const seen = async (id: string) => {
          const response = await other.send(`/api/v1/conversations/${id}`);
          expectStatus(response, 404);
          const { request_id: _, ...problem } = await readJson(response);
          return JSON.stringify(problem);
        };
        expectThat(
          (await seen(conversationId)) === (await seen(crypto.randomUUID())),
          "it differs from a conversation that there is not",
        );
        const stream = await other.stream(`/api/v1/chat?conversation_id=${conversationId}`);
        expectStatus(stream, 404);
        return "404, as for a conversation that there is not";
      },
    },
  ];
}

/** Reads the transcript until its newest turn has ended. It runs nothing, so only somebody else can have ended it. */
async function endOfTurn(visitor: Visitor, conversationId: string) {
  const until = performance.now() + 120_000;
  for (;;) {
    const { turns } = await readJson(await visitor.send(`/api/v1/conversations/${conversationId}`));
    const turn: Record<string, unknown> = Array.isArray(turns) ? { ...turns.at(-1) } : {};
    if (turn.status !== "running" || performance.now() > until) return turn;
    await pause(2_000);
  }
}

function answerIn(turn: object): string {
  return "result" in turn && typeof turn.result === "string" ? turn.result : "";
}

/** An answer that was held back takes a few milliseconds to arrive; no model writes three words as fast. */
const shortestWritingMs = 20;

/** That text came in pieces, and not all at once at the end. */
export function expectPieces(arrivals: readonly Arrival[], askedAt: number): string {
  const times = arrivals.filter(({ event }) => event === "delta").map(({ atMs }) => atMs);
  const [first = 0] = times;
  const writingMs = Math.round((times.at(-1) ?? 0) - first);
  const seen = `${times.length} deltas in ${writingMs} ms`;
  expectThat(times.length >= 3 && writingMs >= shortestWritingMs, `all at once: ${seen}`);
  return `first text after ${Math.round(first - askedAt)} ms, ${seen}`;
}

/** Deletes what the checks have made. */
export function cleanUpCheck(visitor: Visitor): Check {
  return {
    name: "conversations are deleted",
    async run() {
      for (const id of visitor.conversationIds) {
        const path = `/api/v1/conversations/${id}`;
        const response = await patiently(() => visitor.send(path, { method: "DELETE" }));
        expectStatus(response, 204);
      }
      const list = await readJson(await visitor.send("/api/v1/conversations"));
      expectThat(String(list.conversations) === "", "some are still listed");
      return `${visitor.conversationIds.size}, none is left`;
    },
  };
}

export function expectEnd(arrivals: readonly Arrival[], wanted: string): void {
  const last = arrivals.at(-1);
  const { type = "" } = last?.data ?? {};
  const hint =
    type === "model_unavailable"
      ? ". Bedrock refuses the call: has the account access to the model, in this region?"
      : "";
  expectThat(
    last?.event === wanted,
    `the stream ended with ${last?.event ?? "nothing"} ${type}, expected ${wanted}${hint}`,
  );
}

export function textOf(arrivals: readonly Arrival[]): string {
  let text = "";
  for (const { event, data } of arrivals) {
    if (event === "snapshot") text = String(data.text);
    if (event === "delta") text += String(data.text);
  }
  return text;
}
