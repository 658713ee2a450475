import { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import { streamTurns } from "#lib/chat/stream-turns.ts";
import { eventStreamResponse } from "#lib/sse/event-stream-response.ts";
import {
  agentOf,
  claimOf,
  dependenciesOf,
  leaseOf,
  modelCall,
  target,
} from "#test/support/streamed-turns.ts";

const tokens = Array.from({ length: 40 }, (_, index) => ` token${index % 10}`);

/** One tool call, then 40 tokens, the first at once and each other after so many milliseconds. */
async function* answer(msBetweenTokens: number): AsyncGenerator<AgentEvent> {
  const tool = { id: "call_1", name: "calculator", input: { expression: "12*7" } };
  yield { type: "tool", tool: { ...tool, state: "running" } };
  yield { type: "tool", tool: { ...tool, state: "done", output: "84", duration_ms: 0 } };
  for (const [index, text] of tokens.entries()) {
    if (index > 0 && msBetweenTokens > 0) await wait(msBetweenTokens);
    yield { type: "text", text };
  }
  yield modelCall();
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Returns the writes of the whole stream. */
async function writesOf(
  events: AsyncIterable<AgentEvent>,
  coding: "identity" | "gzip" = "identity",
): Promise<Buffer[]> {
  const { agent } = agentOf([]);
  const { dependencies } = dependenciesOf({ agent: { ...agent, run: () => events } });
  const stream = streamTurns(
    { ...dependencies, beatIntervalMs: 1_000 },
    target,
    claimOf(leaseOf().lease),
  );
  const responding = eventStreamResponse(stream, { coding });
  await vi.advanceTimersByTimeAsync(0);
  const { body } = await responding;
  if (!(body instanceof Readable)) throw new Error("The response has no stream.");
  const writes: Buffer[] = [];
  body.on("data", (data) => writes.push(Buffer.from(data)));
  const ended = new Promise((resolve) => body.once("end", resolve));
  await vi.runAllTimersAsync();
  await ended;
  return writes;
}

const deltasOf = (writes: Buffer[]) =>
  writes
    .join("")
    .split(/(?<=\n\n)/)
    .filter((event) => event.startsWith("event: delta\n"));

const textOf = (deltas: string[]) =>
  deltas.map((delta) => JSON.parse(delta.split("data: ")[1] ?? "").text).join("");

describe("an answer of one tool call and 40 tokens of 7 bytes", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  // Of each text event 32 bytes are its name and its JSON.
  it.each([
    { msBetweenTokens: 0, events: 2, bytesPerToken: 8.6 },
    { msBetweenTokens: 1, events: 4, bytesPerToken: 10.2 },
    { msBetweenTokens: 10, events: 26, bytesPerToken: 27.8 },
    { msBetweenTokens: 20, events: 40, bytesPerToken: 39 },
  ])("sends its text in $bytesPerToken bytes a token at $msBetweenTokens ms", async (expected) => {
    const deltas = deltasOf(await writesOf(answer(expected.msBetweenTokens)));
    expect(textOf(deltas)).toBe(tokens.join(""));
    expect(deltas.length).toBe(expected.events);
    expect(Buffer.byteLength(deltas.join("")) / tokens.length).toBe(expected.bytesPerToken);
  });

  // The text itself is 280 bytes, and is sent twice: in pieces, and in the last event as it was stored.
  it.each([
    { msBetweenTokens: 0, bytesPerToken: 32.7 },
    { msBetweenTokens: 10, bytesPerToken: 51.95 },
  ])(
    "takes $bytesPerToken bytes a token with all events at $msBetweenTokens ms",
    async (expected) => {
      const writes = await writesOf(answer(expected.msBetweenTokens));
      expect(Buffer.byteLength(writes.join("")) / tokens.length).toBe(expected.bytesPerToken);
    },
  );

  it("leaves in 2 writes of 1,308 bytes together if all tokens arrive together", async () => {
    const writes = await writesOf(answer(0));
    expect(writes.length).toBe(2);
    expect(Buffer.byteLength(writes.join(""))).toBe(1_308);
  });

  // Exact bytes of gzip depend on the processor: zlib searches differently on each.
  it.each([
    { msBetweenTokens: 0, mostBytesPerToken: 14 },
    { msBetweenTokens: 10, mostBytesPerToken: 22 },
  ])(
    "takes at most $mostBytesPerToken bytes a token with gzip at $msBetweenTokens ms",
    async (most) => {
      const plain = Buffer.concat(await writesOf(answer(most.msBetweenTokens)));
      const compressed = Buffer.concat(await writesOf(answer(most.msBetweenTokens), "gzip"));
      expect(gunzipSync(compressed).toString()).toBe(plain.toString());
      expect(compressed.length / tokens.length).toBeLessThanOrEqual(most.mostBytesPerToken);
    },
  );
});
