import { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import * as v from "valibot";
import { describe, expect, it } from "vitest";
import { type StreamEvent, streamEventSchemas } from "#lib/contract/stream-event.ts";
import { type EventEncoder, eventStreamResponse } from "./event-stream-response.ts";

/** The bytes of a stream that yields these events. */
async function sent(...events: StreamEvent[]): Promise<string> {
  const { body } = await eventStreamResponse(iterate(events));
  return body instanceof Readable ? (await body.toArray()).join("") : "";
}

async function* iterate<Item>(items: Item[]): AsyncGenerator<Item> {
  yield* items;
}

describe("eventStreamResponse", () => {
  it("starts with the reconnection time", async () => {
    const delta: StreamEvent = { event: "delta", data: { text: "Hi" } };
    expect(await sent(delta)).toBe('retry: 2000\n\nevent: delta\ndata: {"text":"Hi"}\n\n');
  });

  it("sends nothing without events", async () => {
    expect(await sent()).toBe("");
  });

  it("begins to read the events before the response begins", async () => {
    let isRead = false;
    async function* events(): AsyncGenerator<StreamEvent> {
      isRead = true;
      yield { event: "delta", data: { text: "Hi" } };
    }
    await eventStreamResponse(events());
    expect(isRead).toBe(true);
  });

  it("sets the headers that keep proxies from buffering", async () => {
    expect((await eventStreamResponse(iterate([]))).headers).toEqual({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    });
  });

  it("compresses each write so that a client reads it at once", async () => {
    const read = Promise.withResolvers<void>();
    async function* events(): AsyncGenerator<StreamEvent> {
      yield { event: "delta", data: { text: "Hi" } };
      await read.promise;
      yield { event: "delta", data: { text: " there" } };
    }
    const { headers, body } = await eventStreamResponse(events(), { coding: "gzip" });
    expect(headers["content-encoding"]).toBe("gzip");
    if (!(body instanceof Readable)) throw new Error("The response has no stream.");
    let text = "";
    for await (const decoded of body.pipe(createGunzip())) {
      text += decoded;
      if (text.endsWith('data: {"text":"Hi"}\n\n')) read.resolve();
    }
    expect(text).toBe(
      'retry: 2000\n\nevent: delta\ndata: {"text":"Hi"}\n\nevent: delta\ndata: {"text":" there"}\n\n',
    );
  });

  it.each(["identity", "gzip"] as const)(
    "reads the events to their end after the reader of %s has left",
    async (coding) => {
      const left = Promise.withResolvers<void>();
      const ended = Promise.withResolvers<string>();
      async function* events(): AsyncGenerator<StreamEvent> {
        yield { event: "delta", data: { text: "Hi" } };
        await left.promise;
        yield { event: "delta", data: { text: " there" } };
        ended.resolve("read to the end");
      }
      const { body } = await eventStreamResponse(events(), { coding });
      if (!(body instanceof Readable)) throw new Error("The response has no stream.");
      body.once("data", () => {
        body.destroy();
        left.resolve();
      });
      expect(await ended.promise).toBe("read to the end");
    },
  );

  it("writes the data of an event on one line, and an id only if the event has one", async () => {
    const delta: StreamEvent = { event: "delta", data: { text: "a\n\nevent: done\r\ndata: {}" } };
    expect(await sent(delta)).toContain(
      'event: delta\ndata: {"text":"a\\n\\nevent: done\\r\\ndata: {}"}\n\n',
    );
    expect(await sent(delta)).not.toContain("id:");
    expect(await sent({ ...delta, id: "t.end" })).toContain("\n\nid: t.end\nevent: delta\n");
  });

  describe("with the encoder of another protocol", () => {
    const encoder = (): EventEncoder => {
      let sent = 0;
      return {
        encode: (event) =>
          event.event === "source" ? [] : [{ data: { number: ++sent } }, { data: "[DONE]" }],
        end: () => [{ event: "end", id: "7", data: { sent } }],
      };
    };
    const delta: StreamEvent = { event: "delta", data: { text: "Hi" } };
    const source: StreamEvent = { event: "source", data: { index: 1, title: "A", quote: "" } };

    it("sends its events, what follows the last one, and no reconnection time", async () => {
      const { body, headers } = await eventStreamResponse(iterate([delta, source]), {
        encoder: encoder(),
        headers: { "x-protocol": "v1" },
      });
      expect(headers).toMatchObject({ "x-protocol": "v1", "x-accel-buffering": "no" });
      expect(body instanceof Readable ? (await body.toArray()).join("") : "").toBe(
        'data: {"number":1}\n\ndata: [DONE]\n\nid: 7\nevent: end\ndata: {"sent":1}\n\n',
      );
    });

    it("writes nothing for events that the protocol does not have", async () => {
      const { body } = await eventStreamResponse(iterate([source]), {
        encoder: { encode: () => [] },
      });
      expect(body instanceof Readable ? await body.toArray() : undefined).toEqual([]);
    });
  });

  it("leaves out what a client's schema fills in", async () => {
    const snapshot: StreamEvent = { event: "snapshot", data: { text: "", tools: [], sources: [] } };
    expect(await sent(snapshot)).toContain('data: {"text":"","tools":[]}\n');
    const usage = (cache: number | null) => ({
      ...{ input_tokens: 0, cache_read_tokens: cache, cache_write_tokens: cache },
      ...{ output_tokens: 0, cost_usd: 0 },
    });
    const done = (cache: number | null): StreamEvent => ({
      event: "done",
      data: {
        ...{
          turn_id: "01234567-89ab-4def-8123-456789abcdef",
          text: "",
          model: null,
          usage: usage(cache),
          remarks: [],
        },
        ...{ history_from: null, summarised_until: null, duration_ms: 0 },
      },
    });
    expect(await sent(done(0))).toContain(
      '"usage":{"input_tokens":0,"output_tokens":0,"cost_usd":0}',
    );
    expect(await sent(done(null))).toContain('"cache_read_tokens":null,"cache_write_tokens":null');
    expect(v.parse(streamEventSchemas.done, dataOf(await sent(done(0))))).toEqual(done(0).data);
    expect(v.parse(streamEventSchemas.snapshot, dataOf(await sent(snapshot)))).toEqual(
      snapshot.data,
    );
  });
});

const dataOf = (written: string): unknown => JSON.parse(/data: (.*)/.exec(written)?.[1] ?? "");
