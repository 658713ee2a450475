import { describe, expect, it } from "vitest";
import type { AgentEvent } from "#lib/agent/agent-event.ts";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { Source } from "#lib/contract/source.ts";
import { claimedTurn } from "#test/support/claimed-turn.ts";
import {
  agentOf,
  claimOf,
  collect,
  dependenciesOf,
  leaseOf,
  waitingAgent,
} from "#test/support/streamed-turns.ts";
import { createAnswerCheck } from "./check-answer.ts";
import { runTurn } from "./run-turn.ts";

const unreachable = { query: () => Promise.reject(new Error("not expected in this test")) };
const checkWith = (isNumberCheckOn = true) =>
  createAnswerCheck({ database: unreachable, isNumberCheckOn });

const passage = {
  ...{ versionId: "22222222-2222-4222-8222-222222222222", start: 100, end: 127 },
  text: "The period is three months.",
};
const source: Source = {
  ...{ index: 1, title: "Handbook", quote: "", chunk_id: "7", part: 2 },
  document_id: "11111111-1111-4111-8111-111111111111",
  version_id: passage.versionId,
};
const found: AgentEvent = { type: "source", source, passage };
const answer: AgentEvent = { type: "text", text: "It is “three months” [1] or “four months” [1]." };

async function run(events: AgentEvent[], checkAnswer = checkWith()) {
  const { lease, ends } = leaseOf();
  const { agent } = agentOf(events);
  const { dependencies, measured, lines } = dependenciesOf({ agent, checkAnswer });
  const sent = await collect(runTurn(dependencies, "owner-1", claimOf(lease)));
  return { ends, measured, lines, done: sent.at(-1) };
}

const verified = {
  ...{ index: 1, start: 7, end: 19, state: "verified", part: 2 },
  ...{ document_id: source.document_id, version_id: source.version_id },
  ...{ document_start: 114, document_end: 126 },
};
const unverified = { index: 1, start: 29, end: 40, state: "unverified" };

describe("an answer from documents", () => {
  it("carries its checked quotations, and a metric counts them by state", async () => {
    const { ends, done, measured } = await run([found, answer]);
    expect(ends[0]?.citations).toEqual([verified, unverified]);
    expect(done?.data).toMatchObject({ citations: [verified, unverified] });
    expect(measured.filter(({ metric }) => metric === "Citations")).toEqual([
      { metric: "Citations", value: 1 },
      { metric: "Citations", value: 1 },
    ]);
  });

  it("that failed or was stopped carries none", async () => {
    const failing: AgentEvent[] = [found, answer];
    const { lease, ends } = leaseOf({ turn: claimedTurn() });
    const agent = {
      ...waitingAgent(),
      async *run() {
        yield* failing;
        throw new Error("The model has failed.");
      },
    };
    const { dependencies } = dependenciesOf({ agent, checkAnswer: checkWith() });
    await collect(runTurn(dependencies, "owner-1", claimOf(lease)));
    expect(ends).toMatchObject([{ status: "failed" }]);
    expect(ends[0]).not.toHaveProperty("citations");
  });

  it("is kept if the check fails, without citations", async () => {
    const { ends, done, lines } = await run([found, answer], () =>
      Promise.reject(new Error("A fault of the check")),
    );
    expect(ends).toMatchObject([{ status: "done" }]);
    expect(done?.event).toBe("done");
    expect(done?.data).not.toHaveProperty("citations");
    expect(JSON.stringify(lines)).toContain("turn.not_checked");
  });
});

describe("the numbers of an answer", () => {
  const text = "It was 12 in 2024, and 15 in 2025.";
  const read = (changes: Partial<ToolCall>): ToolCall => ({
    ...{ id: "c", name: "look", state: "done", effect: "external_read" },
    ...changes,
  });
  const marked = async (tools: ToolCall[], message = "And 2025?", isOn = true) => {
    const checked = await checkWith(isOn)({
      ...{ text, message, tools, sources: [], passages: new Map() },
    });
    return checked.unsourcedNumbers?.map(({ start, end }) => text.slice(start, end));
  };

  it("are compared with message, inputs, outputs and tables", async () => {
    expect(await marked([read({})])).toEqual(["12", "2024", "15"]);
    expect(await marked([read({ output: "12" })])).toEqual(["2024", "15"]);
    expect(await marked([read({ input: { year: 2024 }, output: "12" })])).toEqual(["15"]);
    const table = { columns: [{ name: "n" }], rows: [["15"]] } as unknown as ToolCall["table"];
    expect(await marked([read({ table })])).toEqual(["12", "2024"]);
  });

  it("are not compared if the turn has read nothing, or if the setting is off", async () => {
    expect(await marked([])).toBeUndefined();
    expect(await marked([read({ effect: "none" })])).toBeUndefined();
    expect(await marked([read({ state: "failed" })])).toBeUndefined();
    expect(await marked([read({})], "", false)).toBeUndefined();
  });
});
