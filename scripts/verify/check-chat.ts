import { type Check, expectStatus, expectThat } from "./report.ts";
import { type Arrival, readAll, readArrivals, readJson, Visitor } from "./visitor.ts";

const longWish = "Write a long answer of about 300 words.";

/** Messages and their streams; `visitor` is logged in. */
export function chatChecks(visitor: Visitor, password: string): Check[] {
  let conversationId = "";
  return [
    {
      name: "an answer arrives while it is written",
      async run() {
        const sentAt = performance.now();
        const accepted = await visitor.post("My name is TestUser. Remember this.");
        conversationId = accepted.conversationId;
        const arrivals = await readAll(await visitor.send(accepted.streamUrl));
        expectEnd(arrivals, "done");
        const deltas = arrivals.filter(({ event }) => event === "delta");
        const moments = new Set(deltas.map(({ atMs }) => Math.round(atMs)));
        expectThat(moments.size >= 3, `${deltas.length} deltas came at ${moments.size} moments`);
        const firstMs = Math.round((deltas[0]?.atMs ?? 0) - sentAt);
        return `first text after ${firstMs} ms, ${deltas.length} deltas at ${moments.size} moments`;
      },
    },
    {
      name: "a later session remembers",
      async run() {
        expectStatus(await visitor.login(password), 200);
        const accepted = await visitor.post("What is my name?", conversationId);
        const arrivals = await readAll(await visitor.send(accepted.streamUrl));
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
        expectThat(Array.isArray(turns) && turns.length === 2, "it does not hold two turns");
        return "two turns";
      },
    },
    {
      name: "a reload in mid-stream shows all of it",
      async run() {
        const accepted = await visitor.post(longWish, conversationId);
        const leaving = new AbortController();
        const stream = await visitor.send(accepted.streamUrl, { signal: leaving.signal });
        for await (const { event } of readArrivals(stream)) if (event === "delta") break;
        leaving.abort();
        const again = await readAll(await visitor.send(accepted.streamUrl));
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
        for await (const arrival of readArrivals(await visitor.send(accepted.streamUrl))) {
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
      name: "another visitor sees nothing of it",
      async run() {
        const other = new Visitor(visitor.origin);
        expectStatus(await other.login(password), 200);
        expectStatus(await other.send(`/api/v1/conversations/${conversationId}`), 404);
        expectStatus(await other.send(`/api/v1/chat?conversation_id=${conversationId}`), 404);
        return "404 twice";
      },
    },
  ];
}

/** Deletes what the checks have made. */
export function cleanUpCheck(visitor: Visitor): Check {
  return {
    name: "conversations are deleted",
    async run() {
      for (const id of visitor.conversationIds) {
        const response = await visitor.send(`/api/v1/conversations/${id}`, { method: "DELETE" });
        expectStatus(response, 204);
      }
      return `${visitor.conversationIds.size}`;
    },
  };
}

export function expectEnd(arrivals: readonly Arrival[], wanted: string): void {
  const last = arrivals.at(-1);
  expectThat(
    last?.event === wanted,
    `the stream ended with ${last?.event ?? "nothing"} ${last?.data.type ?? ""}, expected ${wanted}`,
  );
}

function textOf(arrivals: readonly Arrival[]): string {
  let text = "";
  for (const { event, data } of arrivals) {
    if (event === "snapshot") text = String(data.text);
    if (event === "delta") text += String(data.text);
  }
  return text;
}
