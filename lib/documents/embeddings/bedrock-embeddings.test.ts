import { setTimeout as delay } from "node:timers/promises";
import { InvokeModelCommand } from "@aws-sdk/client-bedrock-runtime";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { twinEmbeddingModelId } from "#lib/platform/config.ts";
import { BedrockError } from "#local/bedrock/bedrock-error.ts";
import { type BedrockServer, startBedrock } from "#local/bedrock/server.ts";
import { createTestClient } from "#local/bedrock/test-client.ts";
import { listen } from "#local/http/listen.ts";
import { createEmbeddings } from "./bedrock-embeddings.ts";

const never = new AbortController().signal;
let bedrock: BedrockServer;
let encode: BedrockServer["embed"];

beforeAll(async () => {
  bedrock = await startBedrock({ model: () => [] });
  encode = bedrock.embed;
});
afterAll(() => bedrock.close());
beforeEach(() => {
  bedrock.embedded = { texts: [], tokens: 0 };
  bedrock.embed = async (text) => unitVector(Number.parseInt(text.replace(/\D/g, "") || "0", 10));
});

const unitVector = (index: number) => Array.from({ length: 512 }, (_, i) => (i === index ? 1 : 0));

const open = (options: Partial<Parameters<typeof createEmbeddings>[0]> = {}) =>
  createEmbeddings({
    ...{ region: "us-east-1", endpoint: bedrock.endpoint, modelId: twinEmbeddingModelId },
    ...{ pausesMs: [1, 1], ...options },
  });

/** A model that gives the n-th call its n-th answer, and later calls the last. */
function answers(...list: (string | "vector")[]) {
  let calls = 0;
  bedrock.embed = async () => {
    const answer = list[Math.min(calls, list.length - 1)];
    calls += 1;
    if (answer === "vector") return unitVector(0);
    throw new BedrockError(answer as never, "No.");
  };
  return { calls: () => calls };
}

it("returns the vectors in the order of the texts, with the tokens that are billed", async () => {
  const texts = Array.from({ length: 30 }, (_, index) => `text ${index}`);
  bedrock.embed = async (text) => {
    const index = Number(text.slice(5));
    await delay(index % 3);
    return unitVector(index);
  };
  const { vectors, tokens } = await open().embed(texts, never);
  expect(vectors.map((vector) => vector.indexOf(1))).toEqual(texts.map((_, index) => index));
  expect(tokens).toBe(bedrock.embedded.tokens);
  expect(tokens).toBe(texts.length * 2);
});

it("sends at most eight texts at once", async () => {
  let running = 0;
  let most = 0;
  const eight = Promise.withResolvers<void>();
  bedrock.embed = async () => {
    running += 1;
    most = Math.max(most, running);
    if (running === 8) eight.resolve();
    await eight.promise;
    await delay(5);
    running -= 1;
    return unitVector(0);
  };
  await open().embed(Array(40).fill("a"), never);
  expect(most).toBe(8);
});

it.each([
  "ThrottlingException",
  "ModelNotReadyException",
  "ServiceUnavailableException",
  "InternalServerException",
])("repeats a call after %s", async (name) => {
  const { calls } = answers(name, name, "vector");
  await expect(open().embed(["a"], never)).resolves.toMatchObject({ tokens: 1 });
  expect(calls()).toBe(3);
});

it.each([
  ["ThrottlingException", 3, "The embedding model is busy."],
  ["ValidationException", 1, "The embedding model universal-sentence-encoder-lite refused a text."],
  [
    "AccessDeniedException",
    1,
    "This deployment may not use the embedding model universal-sentence-encoder-lite. Its role needs bedrock:InvokeModel, and the region must have the model.",
  ],
])("fails after %s and %i calls, in a sentence", async (name, expected, message) => {
  const { calls } = answers(name);
  await expect(open().embed(["a"], never)).rejects.toMatchObject({
    name: "EmbeddingFailure",
    message,
  });
  expect(calls()).toBe(expected);
});

it("fails with the tokens that were billed before", async () => {
  const { calls } = answers("vector", "vector", "ValidationException");
  const texts = ["a", "b", "c"];
  await expect(open().embed(texts, never)).rejects.toMatchObject({ tokens: expect.any(Number) });
  expect(calls()).toBe(3);
});

it("says that the deployment may not use a model that Bedrock does not know", async () => {
  await expect(open({ modelId: "amazon.none" }).embed(["a"], never)).rejects.toThrow(
    "This deployment may not use the embedding model amazon.none.",
  );
});

it("fails if nobody responds", async () => {
  const embeddings = open({ endpoint: "http://127.0.0.1:1" });
  await expect(embeddings.embed(["a"], never)).rejects.toThrow(
    "Amazon Bedrock could not be reached for embeddings.",
  );
});

it.each([
  ["text", "<html>"],
  ["a short vector", JSON.stringify({ embedding: [1], inputTextTokenCount: 1 })],
])("refuses %s instead of a vector", async (_, body) => {
  const proxy = await listen((request, response) => {
    request.resume();
    response.end(body);
  });
  await expect(open({ endpoint: proxy.address }).embed(["a"], never)).rejects.toThrow(
    "returned no vector of 512 numbers.",
  );
  await proxy.close();
});

it("stops when the caller does not wait any more", async () => {
  const reached = Promise.withResolvers<void>();
  bedrock.embed = () => {
    reached.resolve();
    return new Promise(() => {});
  };
  const caller = new AbortController();
  const embedding = open().embed(["a"], caller.signal);
  await reached.promise;
  const reason = new Error("stop");
  caller.abort(reason);
  await expect(embedding).rejects.toBe(reason);
  await expect(open().embed(["a"], caller.signal)).rejects.toBe(reason);
});

it("sends no lone surrogate and no text that is too long", async () => {
  await open().embed(["\ud800", "x".repeat(60_000)], never);
  expect(bedrock.embedded.texts.map((text) => text.length).sort()).toEqual([1, 20_000].sort());
});

describe("the twin's model", () => {
  it("answers AWS's own client as Titan does", async () => {
    const { body } = await createTestClient(bedrock.endpoint).send(
      new InvokeModelCommand({
        modelId: twinEmbeddingModelId,
        body: JSON.stringify({ inputText: "3", dimensions: 512, normalize: true }),
      }),
    );
    expect(JSON.parse(new TextDecoder().decode(body))).toEqual({
      embedding: unitVector(3),
      embeddingsByType: { float: unitVector(3) },
      inputTextTokenCount: 1,
    });
  });

  it.each([
    ["no text", { inputText: "" }, "expected minLength: 1, actual: 0"],
    ["a long text", { inputText: "x".repeat(50_001) }, "expected maxLength: 50000, actual: 50001"],
    ["too many tokens", { inputText: "x".repeat(40_000) }, "Too many input tokens."],
    ["other dimensions", { inputText: "x", dimensions: 256 }, "vectors of 512 numbers"],
    ["an unknown key", { inputText: "x", model: 1, dimensions: 512 }, "Malformed input request"],
  ])("refuses %s", async (_, body, message) => {
    const command = new InvokeModelCommand({
      modelId: twinEmbeddingModelId,
      body: JSON.stringify(body),
    });
    await expect(createTestClient(bedrock.endpoint).send(command)).rejects.toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining(message),
    });
  });

  it("finds the sentence of the same meaning, and keeps the stand-in responsive", async () => {
    bedrock.embed = encode;
    const texts = [
      "You can cancel the contract with three months' notice.",
      "Lunch is served in the canteen at noon.",
      "Passwords must have at least twelve characters. Change yours every year. 🧾 Ünïcode, too!",
      "How do I end my agreement?",
    ];
    await encode("Its thread reads the model first, for longer than a request may take.");
    const { vectors } = await open().embed(texts, never);
    const similarity = (a: number, b: number) =>
      vectors[a]?.reduce((sum, number, index) => sum + number * (vectors[b]?.[index] ?? 0), 0) ?? 0;
    expect(similarity(0, 0)).toBeCloseTo(1, 5);
    expect(similarity(3, 0)).toBeGreaterThan(Math.max(similarity(3, 1), similarity(3, 2)) + 0.1);
    const before = process.threadCpuUsage();
    await open().embed([texts.join("\n").repeat(10)], never);
    const { user } = process.threadCpuUsage(before);
    // On the stand-in's own thread it would be half a second.
    expect(user).toBeLessThan(100_000);
  });
});
