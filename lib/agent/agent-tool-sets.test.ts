import { describe, expect, it } from "vitest";
import type { LoadedTools } from "#lib/tools/tool-source.ts";
import type { ConverseRequest } from "#local/bedrock/converse-request.ts";
import { answerWith, callTools } from "#local/bedrock/script.ts";
import { look, openBedrockForEachTest } from "#test/support/agent-conversation.ts";

const bedrock = openBedrockForEachTest();
const offeredIn = (request: ConverseRequest | undefined) =>
  request?.toolConfig?.tools.flatMap((tool) => ("toolSpec" in tool ? [tool.toolSpec.name] : []));
const lastRequest = () => bedrock.calls.at(-1)?.request;
const promptOf = (request: ConverseRequest | undefined) => JSON.stringify(request?.system);

describe("the tools of a tool source", () => {
  const far = {
    ...look,
    name: "far_look",
    hint: "use it for far things.",
    effect: "external_read",
  } as const;
  let loaded: LoadedTools = { tools: [far], isComplete: true };
  const toolSources = [{ load: async () => loaded }];

  it("are offered as they are in each turn", async () => {
    loaded = { tools: [far], isComplete: true };
    const { run } = bedrock.startConversation({ tools: [look], toolSources });
    bedrock.script.add(callTools([{ name: "far_look", input: {} }]), answerWith("I see."));
    const { tools } = await run("Look");
    expect(tools).toMatchObject([{ name: "far_look", state: "done" }]);
    expect(offeredIn(lastRequest())).toEqual(["look", "far_look"]);
    expect(promptOf(lastRequest())).toContain("- `far_look`: use it for far things.");
    expect(promptOf(lastRequest())).toContain("number its sources");

    loaded = { tools: [], isComplete: false };
    bedrock.script.add(answerWith("Gone."));
    const { events } = await run("Again");
    expect(offeredIn(lastRequest())).toEqual(["look"]);
    expect(promptOf(lastRequest())).not.toContain("far");
    expect(promptOf(lastRequest())).not.toContain("number its sources");
    expect(events[0]).toEqual({ type: "tools_missing" });
  });

  it("bring the rules for quotations if they search documents", async () => {
    const { run } = bedrock.startConversation({ tools: [{ ...look, name: "search_documents" }] });
    bedrock.script.add(answerWith("Hello."));
    await run("Hello");
    expect(promptOf(lastRequest())).toContain("number its sources");
    expect(promptOf(lastRequest())).toContain("each such quotation is checked");

    const other = bedrock.startConversation({ tools: [look] });
    bedrock.script.add(answerWith("Hello."));
    await other.run("Hello");
    expect(promptOf(lastRequest())).not.toContain("quotation");
  });

  it("do not hide a tool of the same name", async () => {
    loaded = { tools: [{ ...far, name: "look" }, far, far], isComplete: true };
    const { run } = bedrock.startConversation({ tools: [look], toolSources });
    bedrock.script.add(answerWith("Hello."));
    const { events } = await run("Hello");
    expect(offeredIn(lastRequest())).toEqual(["look", "far_look"]);
    expect(events[0]?.type).not.toBe("tools_missing");
  });
});

it("definitions beyond 48 KB are left out, and the log says so", async () => {
  const large = (name: string) => ({ ...look, name, description: "x".repeat(20_000) });
  const tools = [large("one"), large("two"), large("three"), look];
  const { run, lines } = bedrock.startConversation({ tools });
  bedrock.script.add(answerWith("Hello."));
  await run("Hello");
  expect(offeredIn(lastRequest())).toEqual(["one", "two", "look"]);
  expect(JSON.stringify(lines)).toContain("tools.too_large");
});

it("a program's tools come before those of a source, in its own turn only", async () => {
  const far = { ...look, name: "far_look", description: "x".repeat(30_000) };
  const small = { ...look, name: "small_look" };
  const toolSources = [{ load: async () => ({ tools: [far, small], isComplete: true }) }];
  const { run } = bedrock.startConversation({ tools: [look], toolSources });
  const declared = (name: string) => ({
    ...{ name, description: "x".repeat(10_000), parameters: { type: "object" } },
  });
  const clientTools = [declared("open-door"), declared("small_look")];
  bedrock.script.add(answerWith("Hello."), answerWith("Hello."));
  await run("Hello", { parts: { clientTools } });
  expect(offeredIn(lastRequest())).toEqual(["look", "open_door", "small_look"]);
  await run("Hello");
  expect(offeredIn(lastRequest())).toEqual(["look", "far_look", "small_look"]);
});

it("without tools the model reads nothing about tools", async () => {
  const { run } = bedrock.startConversation({ tools: [] });
  bedrock.script.add(answerWith("Hello."));
  await run("Hello");
  expect(promptOf(lastRequest())).not.toMatch(/tool (gives|returns|may)/);
});

it("a source that fails does not end the instance that looks for tools", async () => {
  const failing = { load: async () => Promise.reject(new Error("against its contract")) };
  const { agent } = bedrock.startConversation({ toolSources: [failing] });
  await expect(agent.connect()).resolves.toBeUndefined();
});
