import { expect, it } from "vitest";
import type { AgentEvent } from "#lib/agent/agent.ts";
import { answerWith, callTools, refuseWith } from "#local/bedrock/script.ts";
import { runParts } from "#test/support/run-parts.ts";
import { agentTurn, openDemoAgent } from "./open-demo-agent.ts";
import { openStores } from "./open-stores.ts";
import { acceptAll, claimLease, endOf } from "./turn-steps.ts";

const { requestsOf, sql, threadOf, turns, turnsOn } = await openStores();
const { bedrock, createDemoAgent } = await openDemoAgent();

/** Runs the next turn with a fresh agent, as a new Lambda environment would. */
async function answerNext(where: { owner: string; conversationId: string }): Promise<string> {
  const lease = await claimLease(turns, where);
  let text = "";
  for await (const event of createDemoAgent().run({
    ...agentTurn(lease),
    ...runParts(),
  })) {
    if (event.type === "text") text += event.text;
  }
  await lease.finish(endOf(text));
  return text;
}

it("an answered turn costs two requests, and a new agent reads its thread", async () => {
  const [first] = await acceptAll(turns, ["My name is Ada.", "What is my name?"]);
  bedrock.script.add(
    callTools([{ name: "calculator", input: { expression: "6 * 7" } }]),
    answerWith("Hi."),
  );
  expect(await requestsOf(() => answerNext(first))).toBe(2);
  expect(await answerNext(first)).toContain("Ada");
  expect(await threadOf(first.conversationId)).toEqual([
    ...["human: My name is Ada.", "ai: ", "tool: 42", "ai: Hi."],
    ...["human: What is my name?", expect.stringMatching(/^ai: .*Ada/)],
  ]);
});

it("a turn that is stopped in mid-text is recorded, and the next turn is answered", async () => {
  const [first] = await acceptAll(turns, ["Hello", "A story!", "What was my first question?"]);
  await answerNext(first);
  const stop = new AbortController();
  const reason = new Error("stop");
  const lease = await claimLease(turns, first);
  bedrock.script.add(answerWith("Once upon a time"));
  const seen: AgentEvent[] = [];
  const reading = (async () => {
    for await (const event of createDemoAgent().run({
      ...agentTurn(lease),
      ...runParts({ signal: stop.signal }),
    })) {
      seen.push(event);
      if (event.type === "text") stop.abort(reason);
    }
  })();
  await expect(reading).rejects.toBe(reason);
  lease.thread.discard();
  await createDemoAgent().record({ ...agentTurn(lease), text: "Once", tools: [] });
  await lease.finish(endOf("Once", { status: "stopped" }));

  expect(seen).toEqual([
    { type: "history", fromTurn: first.turnId, summarisedUntil: null },
    { type: "text", text: "Once" },
  ]);
  expect((await threadOf(first.conversationId)).slice(-2)).toEqual([
    ...["human: A story!", "ai: Once"],
  ]);
  expect(await answerNext(first)).not.toBe("");
});

it("a failed first turn is recorded, and the next turn is answered", async () => {
  const [first] = await acceptAll(turns, ["Hello", "Are you there?"]);
  const lease = await claimLease(turns, first);
  bedrock.script.add(refuseWith("ValidationException"));
  const turn = createDemoAgent().run({
    ...agentTurn(lease),
    ...runParts(),
  });
  await expect(Array.fromAsync(turn)).rejects.toThrow("The model could not answer");
  lease.thread.discard();
  await createDemoAgent().record({ ...agentTurn(lease), text: "", tools: [] });
  await lease.finish(endOf("", { status: "failed" }));

  expect(await threadOf(first.conversationId)).toEqual(["human: Hello", "ai: (stopped)"]);
  expect(await answerNext(first)).not.toBe("");
});

const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
const notation = {
  lc: 1,
  type: "constructor",
  id: ["langchain_core", "messages", "X"],
  kwargs: {},
};

it.each([
  ["look like LangChain's notation", notation],
  ["contain LangChain's notation", { expression: [notation] }],
  ["are nested deeper than LangChain reads", { expression: nested(60) }],
])("the next turn reads a thread with a tool call whose arguments %s", async (_, input) => {
  const [first] = await acceptAll(turns, ["Calculate", "And now?"]);
  bedrock.script.add(callTools([{ name: "calculator", input }]), answerWith("I could not."));
  expect(await answerNext(first)).toBe("I could not.");
  expect(await answerNext(first)).not.toBe("");
  expect(await threadOf(first.conversationId)).toContain("human: Calculate");
});

it("an unreadable thread starts empty and returns the error", async () => {
  const [first] = await acceptAll(turns, ["Hello", "Are you there?", "And now?"]);
  await answerNext(first);
  await sql("update checkpoint_blobs set blob = '{' where thread_id = $1", [first.conversationId]);
  // Another instance: the instance of the first turn has the thread in memory.
  const lease = await claimLease(turnsOn({}), first);
  bedrock.script.add(answerWith("I am."));
  const turn = createDemoAgent().run({
    ...agentTurn(lease),
    ...runParts(),
  });
  await Array.fromAsync(turn);
  expect(lease.thread.unreadable).toBeInstanceOf(SyntaxError);
  await lease.finish(endOf("I am."));
  expect(await answerNext(first)).not.toBe("");
  expect((await threadOf(first.conversationId)).slice(0, 3)).toEqual([
    ...["human: Are you there?", "ai: I am.", "human: And now?"],
  ]);
});
