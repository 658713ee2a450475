import { Readable } from "node:stream";
import { describe, expect, it, vi } from "vitest";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { encodeEvent } from "./encode-event.ts";
import { eventStream } from "./event-stream.ts";
import { quiet, withPing } from "./with-ping.ts";

describe("encodeEvent", () => {
  it("writes the data on one line, whatever is in it, and an id only where there is one", () => {
    const delta: StreamEvent = { event: "delta", data: { text: "a\n\nevent: done\r\ndata: {}" } };
    expect(encodeEvent(delta)).toBe(
      'event: delta\ndata: {"text":"a\\n\\nevent: done\\r\\ndata: {}"}\n\n',
    );
    expect(encodeEvent({ ...delta, id: "t.end" })).toMatch(/^id: t\.end\nevent: delta\n/);
  });
});

describe("eventStream", () => {
  it("tells the client first how long to wait before it reconnects", async () => {
    async function* events(): AsyncGenerator<StreamEvent> {
      yield { event: "delta", data: { text: "Hi" } };
    }
    const { body, headers } = eventStream(events());
    expect(headers).toEqual({
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store, no-transform",
      "x-accel-buffering": "no",
    });
    const chunks = body instanceof Readable ? await body.toArray() : [];
    expect(chunks.join("")).toBe('retry: 2000\n\nevent: delta\ndata: {"text":"Hi"}\n\n');
  });
});

describe("withPing", () => {
  it("says that the source is quiet, and goes on with it afterwards", async () => {
    vi.useFakeTimers();
    const gate = Promise.withResolvers<void>();
    async function* source() {
      yield 1;
      await gate.promise;
      yield 2;
    }
    const items = withPing(source(), 10_000);
    expect((await items.next()).value).toBe(1);
    const second = items.next();
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await second).value).toBe(quiet);
    gate.resolve();
    expect((await items.next()).value).toBe(2);
    expect((await items.next()).done).toBe(true);
    vi.useRealTimers();
  });

  it("reads the source to its end although the reader has left", async () => {
    const finished = Promise.withResolvers<string>();
    async function* source() {
      yield "first";
      yield "second";
      finished.resolve("read to the end");
    }
    for await (const _ of withPing(source(), 10_000)) break;
    expect(await finished.promise).toBe("read to the end");
  });

  it("throws what the source throws, after what it yielded", async () => {
    async function* source() {
      yield 1;
      throw new Error("broken");
    }
    const items = withPing(source(), 10_000);
    expect((await items.next()).value).toBe(1);
    await expect(items.next()).rejects.toThrow("broken");
  });
});
