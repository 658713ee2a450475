import { setTimeout as delay, setImmediate as nextTurnOfEventLoop } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { StreamEvent } from "#lib/contract/stream-event.ts";
import { batchEvents } from "./batch-events.ts";

const pingAfterMs = 10_000;

const delta = (text: string): StreamEvent => ({ event: "delta", data: { text } });
const reasoning = (text: string): StreamEvent => ({ event: "reasoning", data: { text } });
const snapshot: StreamEvent = { event: "snapshot", data: { text: "", tools: [], sources: [] } };
const tool: StreamEvent = { event: "tool", data: { id: "1", name: "calculator", state: "done" } };
const stopped: StreamEvent = { event: "stopped", data: { turn_id: "t", text: "" } };

/** Yields each event, or waits for so many milliseconds. */
async function* script(...steps: (StreamEvent | number)[]): AsyncGenerator<StreamEvent> {
  for (const step of steps) {
    if (typeof step === "number") await wait(step);
    else yield step;
  }
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits for what happens at the end of this turn. A timer may be late, and then end before it. */
async function twoTurnsOfEventLoop(): Promise<void> {
  await nextTurnOfEventLoop();
  await nextTurnOfEventLoop();
}

/** Reads all batches on the fake clock. Returns each with the time at which it left. */
async function batchesOf(
  ...steps: (StreamEvent | number)[]
): Promise<[atMs: number, batch: StreamEvent[]][]> {
  const startedAt = performance.now();
  const batches: [number, StreamEvent[]][] = [];
  const reading = (async () => {
    for await (const batch of batchEvents(script(...steps), pingAfterMs)) {
      batches.push([performance.now() - startedAt, batch]);
    }
  })();
  await vi.runAllTimersAsync();
  await reading;
  return batches;
}

describe("batchEvents on a fake clock", () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("sends the first text at once and joins the text of the frame after it", async () => {
    const batches = await batchesOf(delta("a"), 5, delta("b"), 5, delta("c"), 20, delta("d"), 20);
    expect(batches).toEqual([
      [0, [delta("a")]],
      [16, [delta("bc")]],
      [32, [delta("d")]],
    ]);
  });

  it("sends text at once after a frame without text", async () => {
    const batches = await batchesOf(delta("a"), 16, delta("b"), 17, delta("c"), 1);
    expect(batches.map(([at]) => at)).toEqual([0, 16, 33]);
  });

  it("joins neither text and reasoning nor texts around another event", async () => {
    const batches = await batchesOf(
      ...[reasoning("r"), 1, reasoning("s"), reasoning("t"), 1, delta("a"), 1, delta("b")],
      ...[1, tool, 1, delta("c"), 1, delta("d"), delta("e")],
    );
    expect(batches.flatMap(([, batch]) => batch)).toEqual([
      ...[reasoning("r"), reasoning("st"), delta("a"), delta("b")],
      ...[tool, delta("c"), delta("de")],
    ]);
  });

  it.each([
    ["tool", tool],
    ["snapshot", snapshot],
    ["stopped", stopped],
  ])("sends %s at once, after the text before it", async (_name, event) => {
    const batches = await batchesOf(delta("a"), 1, delta("b"), 2, event, 20);
    expect(batches).toEqual([
      [0, [delta("a")]],
      [3, [delta("b"), event]],
    ]);
  });

  it("sends the text that waits when the source ends", async () => {
    expect(await batchesOf(delta("a"), 1, delta("b"), 2)).toEqual([
      [0, [delta("a")]],
      [3, [delta("b")]],
    ]);
  });

  it("yields an empty batch after each silence", async () => {
    const batches = await batchesOf(delta("a"), 25_000, delta("b"));
    expect(batches).toEqual([
      [0, [delta("a")]],
      [10_000, []],
      [20_000, []],
      [25_000, [delta("b")]],
    ]);
  });
});

describe("the states of tool calls that leave together", () => {
  const call = (id: string, state: "running" | "done"): StreamEvent => ({
    event: "tool",
    data: { id, name: "calculator", state },
  });
  const leaving = async (...events: StreamEvent[]) =>
    (await Array.fromAsync(batchEvents(script(...events), pingAfterMs))).flat();

  it("are the newest of each call, in the order of the calls", async () => {
    const states = [
      call("1", "running"),
      call("2", "running"),
      call("2", "done"),
      call("1", "done"),
    ];
    expect(await leaving(snapshot, ...states)).toEqual([
      ...[snapshot, call("1", "done"), call("2", "done")],
    ]);
  });

  it("stay on their side of every other event", async () => {
    const events = [
      call("1", "running"),
      snapshot,
      call("1", "done"),
      delta("a"),
      call("1", "done"),
    ];
    expect(await leaving(...events)).toEqual(events);
  });

  it("both leave if the call takes longer than a turn of the event loop", async () => {
    async function* slow(): AsyncGenerator<StreamEvent> {
      yield call("1", "running");
      await twoTurnsOfEventLoop();
      yield call("1", "done");
    }
    expect(await Array.fromAsync(batchEvents(slow(), pingAfterMs))).toEqual([
      [call("1", "running")],
      [call("1", "done")],
    ]);
  });
});

describe("batchEvents", () => {
  it("reads the source to its end after the reader has left", async () => {
    const finished = Promise.withResolvers<string>();
    async function* source() {
      yield snapshot;
      yield stopped;
      finished.resolve("read to the end");
    }
    for await (const _ of batchEvents(source(), pingAfterMs)) break;
    expect(await finished.promise).toBe("read to the end");
  });

  it("joins all text that waits for a slow reader", async () => {
    const words = Array.from({ length: 10_000 }, (_, index) => `${index} `);
    const batches = batchEvents(script(snapshot, ...words.map(delta), tool, stopped), pingAfterMs);
    expect((await batches.next()).value).toEqual([snapshot, delta("0 ")]);
    await delay(20);
    expect((await batches.next()).value).toEqual([delta(words.slice(1).join("")), tool, stopped]);
    expect((await batches.next()).done).toBe(true);
  });

  it("throws the source's error after the events before the error", async () => {
    async function* source() {
      yield delta("a");
      throw new Error("broken");
    }
    const batches = batchEvents(source(), pingAfterMs);
    expect((await batches.next()).value).toEqual([delta("a")]);
    await expect(batches.next()).rejects.toThrow("broken");
  });
});

it("sends the events of one turn of the event loop together, after the work of that turn", async () => {
  const order: string[] = [];
  async function* source(): AsyncGenerator<StreamEvent> {
    yield snapshot;
    yield tool;
    for (let step = 0; step < 50; step += 1) await undefined;
    order.push("the model is called");
    await twoTurnsOfEventLoop();
    yield stopped;
  }
  for await (const batch of batchEvents(source(), pingAfterMs)) {
    order.push(batch.map(({ event }) => event).join());
  }
  expect(order).toEqual(["the model is called", "snapshot,tool", "stopped"]);
});

it("lets the first text of a whole answer leave before the rest is read", async () => {
  let read = 0;
  async function* answer(): AsyncGenerator<StreamEvent> {
    for (; read < 40; read += 1) yield delta("word ");
    yield stopped;
  }
  const batches: { texts: StreamEvent[]; readBefore: number }[] = [];
  for await (const texts of batchEvents(answer(), pingAfterMs)) {
    batches.push({ texts, readBefore: read });
  }
  expect(batches[0]).toEqual({ texts: [delta("word ")], readBefore: 0 });
  expect(batches.at(-1)?.texts.at(-1)).toEqual(stopped);
});
