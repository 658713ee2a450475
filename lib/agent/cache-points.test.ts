import { describe, expect, it } from "vitest";
import { answerWith, callTools } from "#local/bedrock/script.ts";
import { look, openBedrockForEachTest } from "#test/support/agent-conversation.ts";

const bedrock = openBedrockForEachTest();
const lastRequest = () => bedrock.calls.at(-1)?.request;

describe("cache points", () => {
  it("follow the prompt, and not the tools, for Amazon's models", async () => {
    const { run } = bedrock.startConversation({ tools: [look] });
    bedrock.script.add(answerWith("Hello."));
    await run("Hello");
    expect(lastRequest()?.system).toEqual([
      { text: expect.any(String) },
      { cachePoint: { type: "default" } },
    ]);
    expect(lastRequest()?.toolConfig?.tools).toHaveLength(1);
  });

  it("follow the prompt and the tools for Anthropic's models", async () => {
    const modelId = "us.anthropic.claude-sonnet-5";
    const { run } = bedrock.startConversation({ tools: [look], modelId });
    bedrock.script.add(answerWith("Hello."));
    const { error } = await run("Hello");
    expect(error).toBeUndefined();
    expect(lastRequest()?.system.at(-1)).toEqual({ cachePoint: { type: "default" } });
    expect(lastRequest()?.toolConfig?.tools.at(-1)).toEqual({ cachePoint: { type: "default" } });
  });

  it("are the same in the last model call of a turn, whose instruction follows them", async () => {
    const { run } = bedrock.startConversation({ tools: [look] });
    const call = callTools([{ name: "look", input: {} }]);
    bedrock.script.add(call, call, call, call, call, call, call, answerWith("Enough."));
    await run("Look");
    const [first] = bedrock.calls;
    expect(lastRequest()?.system.slice(0, 2)).toEqual(first?.request.system);
    expect(lastRequest()?.system).toHaveLength(3);
    expect(lastRequest()?.toolConfig).toEqual(first?.request.toolConfig);
  });
});
