import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { endOfTurnId, type StreamEvent } from "#lib/contract/stream-event.ts";
import { ApiProblem } from "./api-problem.ts";
import { type EventStreamOptions, readEventStream } from "./event-stream.ts";

const turnId = "22222222-2222-4222-8222-222222222222";
const end = endOfTurnId(turnId);
const text = "Grüße 世界";

const encode = (event: string, data: unknown, id?: string) =>
  `event: ${event}\n${id === undefined ? "" : `id: ${id}\n`}data: ${JSON.stringify(data)}\n\n`;
const turn = encode(
  "turn",
  {
    conversation_id: "11111111-1111-4111-8111-111111111111",
    turn_id: turnId,
    attempt: 1,
    parent: null,
    replaces: null,
  },
  turnId,
);
const snapshot = (shown: string) => encode("snapshot", { text: shown, tools: [] });
const delta = (added: string) => encode("delta", { text: added });
const usage = {
  input_tokens: 1,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: 1,
  cost_usd: null,
};
const done = encode(
  "done",
  {
    turn_id: turnId,
    text,
    model: null,
    usage,
    remarks: [],
    history_from: null,
    summarised_until: null,
    duration_ms: 1,
  },
  end,
);
const whole = `retry: 2000\n\n${turn}${snapshot("")}: ping\n\n${delta("Grüß")}${delta("e 世界")}${done}`;

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** Serves the first request with the first handler, and so on. The last handler serves all further requests. */
async function serve(...handlers: Handler[]) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    const handler = handlers[Math.min(requests.length, handlers.length - 1)];
    requests.push(request);
    handler?.(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, requests };
}

const stream =
  (body: string | Uint8Array): Handler =>
  (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" }).end(body);
  };
const cut =
  (bytes: Uint8Array): Handler =>
  (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.write(bytes, () => response.socket?.destroy());
  };
const status =
  (code: number, headers: Record<string, string> = {}): Handler =>
  (_, response) => {
    response.writeHead(code, headers).end();
  };

async function read(url: string, options: Partial<EventStreamOptions> = {}) {
  const pauses: number[] = [];
  const events: StreamEvent[] = [];
  const stream = readEventStream(url, {
    signal: AbortSignal.timeout(10_000),
    random: () => 1,
    pause: async (ms) => void pauses.push(ms),
    ...options,
  });
  for await (const event of stream) events.push(event);
  return { events, pauses };
}

/** Returns the text on the page after all events. */
function shown(events: StreamEvent[]): string {
  let page = "";
  for (const { event, data } of events) {
    if (event === "snapshot" || event === "done") page = data.text;
    if (event === "delta") page += data.text;
  }
  return page;
}

describe("readEventStream", () => {
  it("yields events as they arrive", async () => {
    let finish = () => {};
    const { url } = await serve((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(turn + snapshot("") + delta("G"));
      finish = () => response.end(delta("rüße 世界") + done);
    });
    const names: string[] = [];
    for await (const event of readEventStream(url, { signal: AbortSignal.timeout(10_000) })) {
      names.push(event.event);
      if (event.event === "delta") finish();
    }
    expect(names).toEqual(["turn", "snapshot", "delta", "delta", "done"]);
  });

  it("a stream cut at any byte continues with Last-Event-ID and ends with the same text", async () => {
    const bytes = new TextEncoder().encode(whole);
    const lastIds = new Set<unknown>();
    for (let length = 0; length < bytes.length; length += 1) {
      const { url, requests } = await serve(
        cut(bytes.subarray(0, length)),
        stream(turn + snapshot("Grüße") + delta(" 世界") + done),
      );
      const { events } = await read(url);
      expect(shown(events), `cut after ${length} bytes`).toBe(text);
      expect(events.filter(({ event }) => event === "done")).toHaveLength(1);
      expect(requests).toHaveLength(2);
      lastIds.add(requests[1]?.headers["last-event-id"]);
      for (const close of closers.splice(0)) close();
    }
    expect(lastIds).toEqual(new Set([undefined, turnId]));
  });

  it("a close after the last event of the turn ends the stream", async () => {
    const { url, requests } = await serve(stream(whole));
    await read(url);
    expect(requests).toHaveLength(1);
  });

  it("each failure doubles the pause, and an event resets it", async () => {
    const { url } = await serve(
      status(502),
      status(500),
      stream(turn),
      stream("retry: 3000\n\n"),
      stream(whole),
    );
    expect((await read(url)).pauses).toEqual([1_000, 2_000, 1_000, 6_000]);
  });

  it("no pause without Retry-After is longer than 30 s", async () => {
    const { url } = await serve(...Array<Handler>(9).fill(status(502)), stream(whole));
    expect(Math.max(...(await read(url)).pauses)).toBe(30_000);
  });

  it.each([429, 503])("a %i response pauses the stream for its Retry-After", async (code) => {
    const { url } = await serve(status(code, { "retry-after": "42" }), stream(whole));
    const waits: unknown[] = [];
    const { pauses } = await read(url, { onWait: (wait) => waits.push(wait) });
    expect(pauses).toEqual([42_500]);
    expect(waits).toMatchObject([{ retryInMs: 42_500, problem: { status: code } }]);
  });

  it("an error of the stream is retried, an error of the turn ends the stream", async () => {
    const failure = (retryable: boolean, id?: string) =>
      encode(
        "error",
        {
          type: "service_unavailable",
          title: "Service unavailable",
          status: 503,
          detail: "A moment, please.",
          request_id: "r",
          retry_after: 5,
          retryable,
        },
        id,
      );
    const passing = await serve(stream(turn + failure(true)), stream(whole));
    expect((await read(passing.url)).pauses).toEqual([5_500]);
    const final = await serve(stream(turn + failure(false, end)));
    expect((await read(final.url)).events.at(-1)?.event).toBe("error");
    expect(final.requests).toHaveLength(1);
  });

  it("a 204 ends the stream", async () => {
    const { url, requests } = await serve(status(204));
    expect((await read(url)).events).toEqual([]);
    expect(requests).toHaveLength(1);
  });

  it.each([400, 401, 403, 404])("a %i response is not retried", async (code) => {
    const { url, requests } = await serve(status(code));
    await expect(read(url)).rejects.toMatchObject({ name: "ApiProblem", status: code });
    expect(requests).toHaveLength(1);
  });

  it("a 200 of another server is retried", async () => {
    const { url } = await serve(
      (_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<p>Wi-Fi</p>"),
      stream(whole),
    );
    const { events, pauses } = await read(url);
    expect(shown(events)).toBe(text);
    expect(pauses).toHaveLength(1);
  });

  it("a silent connection is closed and replaced", async () => {
    const { url } = await serve((_, response) => {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(turn);
    }, stream(whole));
    const { events } = await read(url, { silenceMs: 30 });
    expect(shown(events)).toBe(text);
  });

  it("an unreachable server is reported and retried", async () => {
    const { url } = await serve((request) => request.socket.destroy(), stream(whole));
    const problems: unknown[] = [];
    await read(url, { onWait: ({ problem }) => problems.push(problem) });
    expect(problems).toMatchObject([{ type: "unreachable", status: 0 }]);
    expect(problems[0]).toBeInstanceOf(ApiProblem);
  });

  it("events outside the contract are skipped", async () => {
    const { url } = await serve(
      stream(
        `${encode("novelty", {})}${encode("delta", { txt: 1 })}event: delta\ndata: {\n\n${whole}`,
      ),
    );
    expect(shown((await read(url)).events)).toBe(text);
  });

  it("an abort ends the stream and closes the connection", async () => {
    const hungUp = Promise.withResolvers<void>();
    const { url } = await serve((request, response) => {
      request.socket.once("close", () => hungUp.resolve());
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(turn);
    });
    const leaving = new AbortController();
    for await (const _ of readEventStream(url, { signal: leaving.signal })) leaving.abort();
    await hungUp.promise;
  });

  it("a reader that stops reading closes the connection", async () => {
    const hungUp = Promise.withResolvers<void>();
    const { url } = await serve((request, response) => {
      request.socket.once("close", () => hungUp.resolve());
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(turn);
    });
    for await (const _ of readEventStream(url, { signal: AbortSignal.timeout(10_000) })) break;
    await hungUp.promise;
  });
});
