import { emptyCheckpoint } from "@langchain/langgraph-checkpoint";
import { expect, it } from "vitest";
import { noSegments } from "./message-segments.ts";
import { createThreadCache, type KeptThread } from "./thread-cache.ts";

const threadOf = (checkpointId: string, bytes: number): KeptThread => ({
  segments: { ...noSegments, open: { messages: [], bytes } },
  tuple: { config: {}, checkpoint: { ...emptyCheckpoint(), id: checkpointId } },
});

const idsIn = (cache: ReturnType<typeof createThreadCache>, ...conversations: string[]) =>
  conversations.map((conversationId) => cache.find(conversationId)?.tuple.checkpoint.id);

it("a conversation has its newest thread only", () => {
  const cache = createThreadCache(100);
  cache.keep("a", threadOf("a1", 60));
  cache.keep("a", threadOf("a2", 60));
  expect(idsIn(cache, "a")).toEqual(["a2"]);
});

it("the cache drops the threads that were used least recently", () => {
  const cache = createThreadCache(100);
  cache.keep("a", threadOf("a1", 40));
  cache.keep("b", threadOf("b1", 40));
  cache.find("a");
  cache.keep("c", threadOf("c1", 40));
  expect(idsIn(cache, "a", "b", "c")).toEqual(["a1", undefined, "c1"]);
});

it("the cache refuses a thread that is larger than the bound, and then has room for others", () => {
  const cache = createThreadCache(100);
  cache.keep("a", threadOf("a1", 101));
  cache.keep("b", threadOf("b1", 100));
  expect(idsIn(cache, "a", "b")).toEqual([undefined, "b1"]);
});
