import { describe, expect, it } from "vitest";
import type { Effort } from "#lib/contract/model-choice.ts";
import type { AnswerEvent } from "#local/bedrock/answer.ts";
import { answerWith, answerWithEvents, callTools, refuseWith } from "#local/bedrock/script.ts";
import {
  fallbackModelId,
  look,
  openBedrockForEachTest,
  primaryModelId,
} from "#test/support/agent-conversation.ts";
import type { TurnSettings } from "./agent.ts";

const bedrock = openBedrockForEachTest();
const claude = "us.anthropic.claude-sonnet-4-6";
const micro = "us.amazon.nova-micro-v1:0";
const otherModelIds = [claude, micro];
const lastCall = () => bedrock.calls.at(-1);
const parts = (settings: TurnSettings) => ({ parts: { settings } });

describe("the model of a conversation", () => {
  it("answers instead of the default model, at its own price", async () => {
    const { run } = bedrock.startConversation({ otherModelIds });
    bedrock.script.add(answerWith("Hello."), answerWith("Hello."));
    const costs = [];
    for (const modelId of [undefined, claude]) {
      const { events, error } = await run("Hello", parts({ modelId }));
      expect(error).toBeUndefined();
      expect(events).toContainEqual(
        expect.objectContaining({
          ...{ type: "model_call", model: modelId ?? primaryModelId, isFallback: false },
        }),
      );
      expect(lastCall()?.modelId).toBe(modelId ?? primaryModelId);
      costs.push(events.flatMap((event) => (event.type === "model_call" ? event.costUsd : [])));
    }
    expect(costs[1]?.[0]).toBeGreaterThan((costs[0]?.[0] ?? 0) * 4);
  });

  it("may change from turn to turn", async () => {
    const { run } = bedrock.startConversation({ otherModelIds });
    bedrock.script.add(answerWith("One."), answerWith("Two."), answerWith("Three."));
    for (const modelId of [claude, undefined, micro]) {
      await run("Hello", parts({ modelId }));
    }
    expect(bedrock.calls.map(({ modelId }) => modelId)).toEqual([claude, primaryModelId, micro]);
  });

  it("is the default model if the deployment does not offer the chosen one", async () => {
    const { run } = bedrock.startConversation({ otherModelIds: [micro] });
    bedrock.script.add(answerWith("Hello."));
    await run("Hello", parts({ modelId: claude }));
    expect(lastCall()?.modelId).toBe(primaryModelId);
  });

  it("is replaced by the fallback if it fails, and not by itself", async () => {
    const { run } = bedrock.startConversation({
      ...{ fallbackModelId, otherModelIds: [micro, fallbackModelId] },
    });
    bedrock.script.add(refuseWith("AccessDeniedException"), answerWith("Hello."));
    const { text } = await run("Hello", parts({ modelId: micro }));
    expect(text).toBe("Hello.");
    expect(lastCall()?.modelId).toBe(fallbackModelId);

    bedrock.script.add(refuseWith("AccessDeniedException"));
    const { error } = await run("Hello", parts({ modelId: fallbackModelId }));
    expect(error).toMatchObject({ type: "model_unavailable" });
  });
});

describe("the effort of a conversation", () => {
  it.each<[string, Effort, object | undefined, number]>([
    [
      primaryModelId,
      "medium",
      { reasoningConfig: { type: "enabled", maxReasoningEffort: "medium" } },
      8_192,
    ],
    [primaryModelId, "high", undefined, 1_024],
    [claude, "high", { thinking: { type: "adaptive" }, output_config: { effort: "high" } }, 16_384],
    [micro, "low", undefined, 1_024],
  ])("of %s is sent as the model knows it: %s", async (modelId, effort, fields, maxTokens) => {
    const { run } = bedrock.startConversation({ otherModelIds, temperature: 0.2 });
    bedrock.script.add(answerWith("Hello."));
    const { error } = await run("Hello", parts({ modelId, effort }));
    expect(error).toBeUndefined();
    const { inferenceConfig, additionalModelRequestFields } = lastCall()?.request ?? {};
    expect(additionalModelRequestFields).toEqual(fields);
    const hasTemperature = modelId !== claude;
    expect(inferenceConfig).toEqual({ maxTokens, ...(hasTemperature && { temperature: 0.2 }) });
  });

  it("is nothing that the person sees of a model that hides its thoughts", async () => {
    const { run } = bedrock.startConversation();
    const events: AnswerEvent[] = [
      { type: "reasoning", text: "[REDACTED]" },
      { type: "text", text: "Four." },
    ];
    bedrock.script.add(answerWithEvents(events, "end_turn"));
    expect(await run("Hello", parts({ effort: "low" }))).toMatchObject({
      ...{ text: "Four.", reasoning: "" },
    });
  });
});

describe("the instructions of a conversation", () => {
  const instructions = { forAllConversations: "Be brief.", forThisConversation: "Say: aye." };

  it("follow the cache point of the prompt, in each model call of the turn", async () => {
    const { run } = bedrock.startConversation({ tools: [look] });
    bedrock.script.add(callTools([{ name: "look", input: {} }]), answerWith("Aye."));
    await run("Look", parts({ instructions }));
    const [first, second] = bedrock.calls.map(({ request }) => request.system);
    expect(first).toEqual(second);
    expect(first).toEqual([
      { text: expect.any(String) },
      { cachePoint: { type: "default" } },
      { text: expect.stringMatching(/\n\| Be brief\.\n[\s\S]*\n\| Say: aye\.$/) },
    ]);
    bedrock.script.add(answerWith("Hello."));
    await run("Hello");
    expect(lastCall()?.request.system).toEqual(first?.slice(0, 2));
  });

  it("are not part of the thread", async () => {
    const { run, thread } = bedrock.startConversation();
    bedrock.script.add(answerWith("Aye."));
    await run("Hello", parts({ instructions }));
    expect((await thread()).join()).not.toContain("Be brief");
  });
});
