import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { answerWith, refuseWith, respondWith, type ScriptedCall } from "#local/bedrock/script.ts";
import { type BedrockServer, startBedrock } from "#local/bedrock/server.ts";
import { callModelOnce, htmlPage, type ModelCallOptions } from "#test/support/model-call.ts";
import { createAuthoriser } from "./authorise-request.ts";

const fallbackModelId = "us.amazon.nova-lite-v1:0";

let bedrock: BedrockServer;
beforeEach(async () => {
  bedrock = await startBedrock({ model: () => [{ type: "stop", reason: "end_turn" }] });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await bedrock.close();
  expect(bedrock.script.remaining).toBe(0);
});

const call = (attempts: ScriptedCall[], options?: ModelCallOptions) =>
  callModelOnce(bedrock, attempts, options);

describe("an unusable model", () => {
  const steps: [string, ScriptedCall][] = [
    ["a used up quota", refuseWith("ServiceQuotaExceededException")],
    ["a retired model", refuseWith("ResourceNotFoundException")],
    ["denied access", refuseWith("AccessDeniedException")],
    ["expired credentials", refuseWith("ExpiredTokenException")],
    ["a wrong key", refuseWith("UnrecognizedClientException")],
    [
      "a region without the model",
      refuseWith("ValidationException", { message: "The provided model identifier is invalid." }),
    ],
    ["a firewall", respondWith(403, htmlPage)],
    ["an address without a service", respondWith(404, htmlPage)],
  ];

  it.each(steps)("because of %s is not called again and alarms an operator", async (_, step) => {
    const { error, pauses, measured, lines } = await call([step]);
    expect(error).toMatchObject({ type: "model_unavailable", retryable: false });
    expect(pauses).toEqual([]);
    expect(measured).toContainEqual({ metric: "ModelUnusable", value: 1 });
    expect(lines.map(({ level, event }) => [level, event])).toEqual([["error", "model.unusable"]]);
  });

  it.each(steps)("because of %s is replaced by the fallback", async (_, step) => {
    const { answer, measured } = await call([step, answerWith("Hello!")], { fallbackModelId });
    expect(answer).toMatchObject({ text: "Hello!", modelId: fallbackModelId, isFallback: true });
    expect(measured).toContainEqual({ metric: "ModelUnusable", value: 1 });
  });

  it.each([
    ["are no credentials", {}],
    ["is an empty token", { AWS_BEARER_TOKEN_BEDROCK: "" }],
    ["is half a key", { AWS_ACCESS_KEY_ID: "local" }],
    ["is a profile that does not exist", { AWS_PROFILE: "nobody" }],
  ])("because there %s is not called", async (_, variables) => {
    const ways = ["ACCESS_KEY_ID", "PROFILE", "BEARER_TOKEN_BEDROCK", "WEB_IDENTITY_TOKEN_FILE"];
    for (const way of ways) vi.stubEnv(`AWS_${way}`, undefined);
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
    vi.stubEnv("AWS_CONFIG_FILE", "/nowhere");
    vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere");
    const authorise = createAuthoriser("us-east-1");
    const { error, lines, pauses } = await call([], { authorise });
    expect(error).toMatchObject({ type: "model_unavailable", retryable: false });
    expect(lines.map(({ event }) => event)).toEqual(["model.unusable"]);
    expect(pauses).toEqual([]);
    expect(bedrock.calls).toEqual([]);
  });

  it("beside a busy fallback fails with a retryable error", async () => {
    const steps = [refuseWith("AccessDeniedException"), refuseWith("ThrottlingException")];
    const { error } = await call(steps, { fallbackModelId });
    expect(error).toMatchObject({ type: "model_busy", retryable: true });
  });

  it("is one that the local Bedrock does not have", async () => {
    const bare = await call([], { modelId: "amazon.nova-2-lite-v1:0" });
    expect(bare.error).toMatchObject({ type: "model_unavailable" });
    const retired = await call([], { modelId: "us.anthropic.claude-3-5-haiku-20241022-v1:0" });
    expect(retired.error).toMatchObject({ type: "model_unavailable" });
  });
});

describe("a model that refuses the request", () => {
  it("is not called again, but the fallback is", async () => {
    const { answer, measured } = await call(
      [refuseWith("ValidationException"), answerWith("Hello!")],
      {
        fallbackModelId,
      },
    );
    expect(answer).toMatchObject({ text: "Hello!", modelId: fallbackModelId });
    expect(measured).toContainEqual({ metric: "ModelUnusable", value: 1 });
  });

  it("because of its tools is replaced by the fallback", async () => {
    const modelWithoutTools = "us.meta.llama4-scout-17b-instruct-v1:0";
    const { answer } = await call([answerWith("Hello!")], {
      modelId: modelWithoutTools,
      fallbackModelId,
    });
    expect(answer).toMatchObject({ text: "Hello!", modelId: fallbackModelId });
  });

  it("fails as refused if the fallback is unavailable", async () => {
    const steps = [refuseWith("ValidationException"), refuseWith("AccessDeniedException")];
    const { error } = await call(steps, { fallbackModelId });
    expect(error).toMatchObject({ kind: "refused", wasRefused: true, retryable: false });
  });
});

describe("a temperature", () => {
  const sent = () => bedrock.calls.at(-1)?.request.inferenceConfig;

  it("is sent only if it is set", async () => {
    await call([answerWith("Hello!")]);
    expect(sent()).toEqual({ maxTokens: 1_024 });
    await call([answerWith("Hello!")], { temperature: 0 });
    expect(sent()).toEqual({ maxTokens: 1_024, temperature: 0 });
  });

  it.each(["us.anthropic.claude-opus-4-7", "us.anthropic.claude-sonnet-5"])(
    "is never sent to %s",
    async (id) => {
      const { text } = await call([answerWith("Hello!")], { modelId: id, temperature: 0.2 });
      expect(text).toBe("Hello!");
      expect(sent()).toEqual({ maxTokens: 1_024 });
      expect(bedrock.rejections).toEqual([]);
    },
  );
});
