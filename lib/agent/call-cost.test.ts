import { describe, expect, it } from "vitest";
import type { AgentEvent } from "#lib/agent/agent.ts";
import type { AnswerEvent } from "#local/bedrock/answer.ts";
import { answerWith, cut, interrupt } from "#local/bedrock/script.ts";
import { look, openBedrockForEachTest } from "#test/support/agent-conversation.ts";

const claude = "us.anthropic.claude-sonnet-4-6";

const bedrock = openBedrockForEachTest();

/** Returns a function that runs turns of one conversation. */
const conversation = (modelId = claude) =>
  bedrock.startConversation({ modelId, tools: [look] }).run;

const text = (written: string): AnswerEvent => ({ type: "text", text: written });

describe("the cost of a model call", () => {
  const call = (events: AgentEvent[]) => events.find(({ type }) => type === "model_call");

  it("counts and prices each kind of token", async () => {
    const usage = {
      inputTokens: 10,
      outputTokens: 20,
      cacheReadInputTokens: 1_000,
      cacheWriteInputTokens: 100,
    };
    bedrock.script.add({ answer: [text("Hello!"), { type: "stop", reason: "end_turn", usage }] });
    const { events } = await conversation()("Hi");
    expect(call(events)).toMatchObject({
      tokens: { inputTokens: 10, cacheReadTokens: 1_000, cacheWriteTokens: 100, outputTokens: 20 },
      costUsd: expect.closeTo(((10 + 1_000 * 0.1 + 100 * 1.25) * 3.3 + 20 * 16.5) / 1_000_000, 12),
    });
  });

  it("is unknown if the model reports no tokens", async () => {
    bedrock.script.add({
      answer: [text("Hello!"), { type: "stop", reason: "end_turn", usage: null }],
    });
    const { events } = await conversation()("Hi");
    expect(call(events)).toMatchObject({ tokens: null, costUsd: null });
  });

  const usage = { inputTokens: 10, outputTokens: 20 };
  const spent = { tokens: { inputTokens: 10, outputTokens: 20 }, costUsd: expect.any(Number) };

  it("includes the tokens of a malformed answer", async () => {
    const malformed = { type: "stop", reason: "malformed_model_output", usage } as const;
    bedrock.script.add({ answer: [text("Hel"), malformed] }, answerWith("Hello!"));
    const { events, text: shown } = await conversation()("Hi");
    expect(shown).toContain("Hello!");
    expect(events.filter(({ type }) => type === "broken_call")).toMatchObject([spent]);
    expect(call(events)).toMatchObject({ costUsd: expect.any(Number) });
  });

  it("is not invented for an answer that broke off before its token count", async () => {
    bedrock.script.add(interrupt(answerWith("Hello there, you"), 2, cut), answerWith("Hello!"));
    const { events } = await conversation()("Hi");
    expect(events.filter(({ type }) => type === "broken_call")).toEqual([]);
  });
});
