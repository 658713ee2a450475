import { type Checkpoint, emptyCheckpoint } from "@langchain/langgraph-checkpoint";
import fc from "fast-check";
import { expect, it } from "vitest";
import {
  joinCheckpoint,
  newSegments,
  noSegments,
  type Segments,
  segmentMessages,
  splitCheckpoint,
} from "./message-segments.ts";

interface Message {
  id: number;
  text: string;
}

const checkpointOf = (messages: readonly Message[], version: number): Checkpoint => ({
  ...emptyCheckpoint(),
  channel_values: { messages, other: 1 },
  channel_versions: { messages: version, other: 1 },
});

/** The rows of a database that stores each put as the saver does, and what it has written in all. */
function openRows() {
  const rows = new Map<string, unknown>();
  let written = 0;
  let segments: Segments = noSegments;
  return {
    rows,
    written: () => written,
    store(messages: readonly Message[], version: number) {
      const checkpoint = checkpointOf(messages, version);
      segments = segmentMessages(checkpoint, segments);
      const { channel_values, channel_versions } = splitCheckpoint(checkpoint, segments);
      const kept = new Set(Object.entries(channel_versions).map(String));
      for (const row of rows.keys()) if (!kept.has(row)) rows.delete(row);
      const dumped = { messages: version, ...newSegments(segments) };
      for (const entry of Object.entries(dumped)) {
        const value = channel_values[entry[0]];
        rows.set(String(entry), value);
        written += JSON.stringify(value).length;
      }
      const read = Object.entries(channel_versions).flatMap((entry) =>
        rows.has(String(entry)) ? [[entry[0], rows.get(String(entry))]] : [],
      );
      return joinCheckpoint(
        { ...checkpoint, channel_versions, channel_values: Object.fromEntries(read) },
        new Map(),
      ).checkpoint;
    },
  };
}

const messageOf = (id: number, length = 500): Message => ({ id, text: "x".repeat(length) });

it("a thread in segments is read as it was put, whatever its turns add and drop", () => {
  const turn = fc.record({
    added: fc.array(fc.integer({ min: 0, max: 9_000 }), { maxLength: 4 }),
    droppedFirst: fc.integer({ min: 0, max: 3 }),
    droppedLast: fc.integer({ min: 0, max: 3 }),
    replaced: fc.option(fc.nat(20)),
  });
  const run = fc.property(fc.array(turn, { maxLength: 60 }), (turns) => {
    const { store } = openRows();
    let messages: Message[] = [];
    let id = 0;
    for (const [index, { added, droppedFirst, droppedLast, replaced }] of turns.entries()) {
      messages = messages.slice(droppedFirst, messages.length - droppedLast);
      if (replaced !== null && replaced < messages.length) messages[replaced] = messageOf(--id);
      for (const length of added) messages.push(messageOf(++id * 1_000, length));
      const { channel_values, channel_versions } = store([...messages], index + 1);
      expect(channel_values.messages).toEqual(messages);
      expect(Object.keys(channel_versions).sort()).toEqual(["messages", "other"]);
    }
  });
  fc.assert(run, { numRuns: 300 });
});

it("a thread of 500 turns has few segments, and a turn rewrites a small part of it", () => {
  const { rows, store, written } = openRows();
  const messages: Message[] = [];
  for (let turn = 1; turn <= 500; turn += 1) {
    messages.push(messageOf(2 * turn), messageOf(2 * turn + 1));
    store([...messages], turn);
  }
  const size = JSON.stringify(messages).length;
  expect(rows.size).toBeLessThanOrEqual(9);
  // Each turn would write 250 KB on average without segments.
  expect(written() / 500).toBeLessThan(16_000);
  expect(size).toBeGreaterThan(500_000);
});

it("a checkpoint that leaves the messages unchanged stores them once", () => {
  const full = Array.from({ length: 40 }, (_, id) => messageOf(id));
  const { rows, store } = openRows();
  store(full, 1);
  store([...full], 1);
  expect(store([...full, messageOf(40)], 2).channel_values.messages).toHaveLength(41);
  expect([...rows.keys()].sort()).toEqual(["messages,2", "messages:0,2"]);
});

it("a checkpoint whose messages are in one channel is read unchanged", () => {
  const checkpoint = checkpointOf([messageOf(1)], 1);
  expect(joinCheckpoint(checkpoint, new Map()).checkpoint).toBe(checkpoint);
  const other = { ...checkpoint, channel_values: { messages: "text" } };
  expect(joinCheckpoint(other, new Map()).checkpoint).toBe(other);
});
