import { describe, expect, it, vi } from "vitest";
import { BudgetExhausted, createPurse } from "#lib/budget/purse.ts";
import type { ToolContext } from "#lib/tools/tool.ts";
import { toolResults, toolUses } from "#local/bedrock/converse-request.ts";
import {
  answerWith,
  answerWithEvents,
  callTools,
  type ScriptedCall,
  scriptedToolCall,
} from "#local/bedrock/script.ts";
import {
  createRecordingTool,
  look,
  openBedrockForEachTest,
} from "#test/support/agent-conversation.ts";

import { createMemoryActs } from "#test/support/memory-acts.ts";

const bedrock = openBedrockForEachTest();
const conversation = bedrock.startConversation;

it("the sources of a turn that continues are numbered on", async () => {
  const page = (path: string) => ({ title: path, url: `https://a.example/${path}`, quote: "" });
  const reader = { ...look, run: (_: object, { cite }: ToolContext) => `[${cite(page("new"))}]` };
  const { run } = conversation({ tools: [reader] });
  bedrock.script.add(callTools([{ name: "look", input: {} }]), answerWith("See [6]."));
  const { events } = await run("Look", { parts: { sources: [{ index: 5, ...page("old") }] } });
  const found = events.findIndex(({ type }) => type === "source");
  expect(events[found]).toEqual({ type: "source", source: { index: 6, ...page("new") } });
  expect(events[found + 1]).toMatchObject({ type: "tool", tool: { state: "done", output: "[6]" } });
});

describe("a paid tool", () => {
  const paid = { ...look, costMicrodollars: 7_000 };
  const purseOf = (reserved: number) =>
    createPurse({ reserved, callWorst: reserved, store: async () => {} });
  const dear = { ...look, costMicrodollars: 999_000 };

  it("is paid from the turn's purse", async () => {
    const purse = purseOf(1_000_000);
    const { run } = conversation({ tools: [paid] });
    const calls = [{}, { fails: true }].map((input) => ({ name: "look", input }));
    bedrock.script.add(callTools(calls), answerWith("I see."));
    const { events, text } = await run("Look", { parts: { purse } });
    expect(text).toBe("I see.");
    expect(events.filter(({ type }) => type === "tool_cost")).toEqual([
      { type: "tool_cost", costUsd: 0.007 },
      { type: "tool_cost", costUsd: 0.007 },
    ]);
    expect(purse.state.spent).toBeGreaterThanOrEqual(14_000);
    expect(purse.state.spent).toBeLessThan(21_000);
  });

  it("ends the turn if the turn's money does not cover it", async () => {
    const { run } = conversation({ tools: [dear] });
    bedrock.script.add(callTools([{ name: "look", input: {} }]));
    const { error, tools } = await run("Look", { parts: { purse: purseOf(999_000) } });
    expect(error).toBeInstanceOf(BudgetExhausted);
    expect(tools).toEqual([]);
  });

  it("costs what the deployment says", async () => {
    const { run } = conversation({ tools: [paid], toolPrices: { look: 5_000 } });
    bedrock.script.add(callTools([{ name: "look", input: {} }]), answerWith("I see."));
    const { tools } = await run("Look");
    expect(tools).toMatchObject([{ cost_usd: 0.005 }]);
  });

  it("with an effect is not unknown if it could not be paid", async () => {
    const acts = createMemoryActs();
    const settled = vi.spyOn(acts, "settle");
    const parts = { acts, purse: purseOf(999_000) };
    const toolPolicy = [{ tool: "look", policy: "allow" }] as const;
    const { run } = conversation({ tools: [{ ...dear, effect: "write" }], toolPolicy });
    bedrock.script.add(callTools([{ name: "look", input: {} }]));
    await run("Look", { turnId: "turn1", parts });
    const { error } = await run("", { turnId: "turn1", parts: { ...parts, resumes: true } });
    expect(error).toBeInstanceOf(BudgetExhausted);
    expect(settled.mock.calls).toMatchObject([
      [expect.any(String), { failed: true, output: expect.stringContaining("not enough money") }],
    ]);
  });
});

describe("tools", () => {
  it.each(["[1]", "42", '"2+2"', "null", '{"what":'])(
    "do not run with the arguments %s, and the model gets an error",
    async (json) => {
      const { inputs, tool } = createRecordingTool();
      const { run } = conversation({ tools: [tool] });
      bedrock.script.add(
        answerWithEvents(scriptedToolCall("watched", json), "tool_use"),
        answerWith("I see."),
      );
      const { text, tools } = await run("Go");
      expect(text).toBe("I see.");
      expect(inputs).toEqual([]);
      expect(tools).toMatchObject([{ name: "watched", state: "failed" }]);
      const results = toolResults(bedrock.calls[1]?.request.messages.at(-1));
      expect(results.map(({ content }) => content[0])).toEqual([
        { text: "> Error: the arguments are not a JSON object." },
      ]);
      expect(bedrock.calls).toHaveLength(2);
    },
  );

  it("run with an object inside a JSON string", async () => {
    const { inputs, tool } = createRecordingTool();
    const { run } = conversation({ tools: [tool] });
    const json = JSON.stringify(JSON.stringify({ what: "it" }));
    bedrock.script.add(
      answerWithEvents(scriptedToolCall("watched", json), "tool_use"),
      answerWith("I see."),
    );
    await run("Go");
    expect(inputs).toEqual(["it"]);
  });

  it("return their failures to the model", async () => {
    const { tool } = createRecordingTool(() => Promise.reject(new Error("password=hunter2")));
    const { run } = conversation({ tools: [tool] });
    bedrock.script.add(
      callTools([
        { name: "watched", input: { what: "x" } },
        { name: "watched", input: {} },
        { name: "no such tool", input: {} },
      ]),
      answerWith("That did not work."),
    );
    const { text, tools } = await run("Go");
    expect(text).toBe("That did not work.");
    expect(tools.map(({ state }) => state)).toEqual(["failed", "failed", "failed"]);
    const results = toolResults(bedrock.calls[1]?.request.messages.at(-1));
    expect(results.map(({ content }) => content[0])).toEqual([
      { text: expect.stringMatching(/^> The tool failed \(reference \w+\)\.$/) },
      { text: expect.stringMatching(/^> Error: the arguments are not valid: what/) },
      { text: "> Error: there is no such tool. Use one of: watched." },
    ]);
  });

  it("are offered as the policy and the owner allow", async () => {
    const { tool } = createRecordingTool();
    const offered = () =>
      bedrock.calls
        .at(-1)
        ?.request.toolConfig?.tools.flatMap((tool) =>
          "toolSpec" in tool ? tool.toolSpec.name : [],
        );
    const { run } = conversation({
      ...{ tools: [tool], toolsWithNotes: [tool, look] },
      toolPolicy: [{ tool: "watched", policy: "deny" }],
    });
    await run("Hello");
    expect(offered()).toBeUndefined();
    await run("Hello", { parts: { notesEnabled: true } });
    expect(offered()).toEqual(["look"]);
  });

  it("run in at most seven rounds, then the model must answer", async () => {
    const { run } = conversation();
    bedrock.script.add(...Array.from({ length: 8 }, () => timeCall()));
    const { text, tools } = await run("Loop!");
    expect(bedrock.calls).toHaveLength(8);
    expect(tools).toHaveLength(7);
    expect(JSON.stringify(bedrock.calls[7]?.request.system)).toContain("without a tool");
    expect(text).toMatch(/smaller part/);
  });

  it("run at most sixteen times in a turn", async () => {
    const { run } = conversation();
    const many = Array.from({ length: 20 }, () => ({ name: "current_time", input: {} }));
    bedrock.script.add(callTools(many), answerWith("Enough."));
    const { tools } = await run("Go");
    expect(tools).toHaveLength(16);
    const results = toolResults(bedrock.calls[1]?.request.messages.at(-1));
    expect(results).toHaveLength(20);
    expect(results[16]?.content).toEqual([{ text: expect.stringContaining("at most 16") }]);
  });

  it("get a new id if the model repeats an id of an earlier turn", async () => {
    const { run } = conversation();
    bedrock.script.add(timeCall("same"), answerWith("Noon."), timeCall("same"), answerWith("One."));
    await run("Time?");
    expect((await run("And now?")).text).toBe("One.");
    const uses = bedrock.calls.at(-1)?.request.messages.flatMap((message) => toolUses(message));
    expect(uses?.map(({ toolUseId }) => toolUseId)).toEqual(["same", "turn2_0_0"]);
  });

  it("get a new id if the model repeats an id in one answer", async () => {
    const { run } = conversation();
    const call = { name: "current_time", input: {}, id: "same" };
    bedrock.script.add(callTools([call, call]), answerWith("Noon, twice."));
    expect((await run("Time?")).tools.map(({ id }) => id)).toEqual(["turn1.1.0", "turn1.1.1"]);
    const uses = bedrock.calls.at(-1)?.request.messages.flatMap((message) => toolUses(message));
    expect(uses?.map(({ toolUseId }) => toolUseId)).toEqual(["same", "turn1_0_1"]);
  });
});

function timeCall(id?: string): ScriptedCall {
  const call = { name: "current_time", input: {} };
  return callTools([id === undefined ? call : { ...call, id }]);
}
