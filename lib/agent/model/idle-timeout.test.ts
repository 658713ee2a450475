import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { eventFramesType } from "#local/bedrock/event-frame.ts";
import {
  answerWith,
  createGate,
  interrupt,
  respondWith,
  type ScriptedCall,
  sendEvents,
  stall,
} from "#local/bedrock/script.ts";
import { type BedrockServer, startBedrock } from "#local/bedrock/server.ts";
import { callModelOnce, type ModelCallOptions } from "#test/support/model-call.ts";

const fallbackModelId = "us.amazon.nova-lite-v1:0";

let bedrock: BedrockServer;
beforeEach(async () => {
  bedrock = await startBedrock({ model: () => [{ type: "stop", reason: "end_turn" }] });
});
afterEach(async () => {
  await bedrock.close();
  expect(bedrock.script.remaining).toBe(0);
});

const call = (attempts: ScriptedCall[], options?: ModelCallOptions) =>
  callModelOnce(bedrock, attempts, options);

describe("a silent model", () => {
  // Long enough for the healthy attempt on a busy machine.
  const idleTimeouts = { firstTokenMs: 1_500, betweenTokensMs: 1_000 };
  const silence = () => interrupt(answerWith("never"), 0, stall(createGate()));

  it("is called twice, then the fallback", async () => {
    const steps = [silence(), silence(), answerWith("Hello!")];
    const { answer, lines } = await call(steps, { idleTimeouts, fallbackModelId });
    expect(answer).toMatchObject({ text: "Hello!", modelId: fallbackModelId });
    expect(lines.map(({ event }) => event)).toEqual(["model.failed", "model.failed"]);
    expect(await Promise.all(bedrock.calls.slice(0, 2).map(({ ended }) => ended))).toEqual([
      "abandoned",
      "abandoned",
    ]);
  });

  it("may answer at the second attempt", async () => {
    expect((await call([silence(), answerWith("Hello!")], { idleTimeouts })).text).toBe("Hello!");
  });

  it("without a fallback fails after two attempts with a retryable error", async () => {
    const { error } = await call([silence(), silence()], { idleTimeouts });
    expect(error).toMatchObject({ kind: "silent", type: "model_failed", retryable: true });
    expect(bedrock.calls).toHaveLength(2);
  });

  const start = sendEvents(["messageStart", { role: "assistant" }]).response;
  const frame = Buffer.from(start?.body ?? "");
  it.each([
    ["after its headers", 200, eventFramesType, ""],
    ["within its first frame", 200, eventFramesType, frame.subarray(0, 20)],
    ["after messageStart", 200, eventFramesType, frame],
    ["in the body of an error", 500, "text/html", "<"],
  ])("%s is called again", async (_, status, type, body) => {
    const headers = { "content-type": type };
    const held = respondWith(status, { headers, body, gate: createGate() });
    expect((await call([held, answerWith("Hello!")], { idleTimeouts })).text).toBe("Hello!");
  });

  it("in the middle of its answer is called again", async () => {
    const step = interrupt(answerWith("one two"), 1, stall(createGate()));
    const { text, events } = await call([step, answerWith("Hello!")], { idleTimeouts });
    expect(text).toBe("Hello!");
    expect(events).toContainEqual({ type: "restart", text: "" });
  });

  it("has a separate timeout before its first token", async () => {
    const gate = createGate();
    const slow = { firstTokenMs: 60_000, betweenTokensMs: 1 };
    const calling = call([interrupt(answerWith("Hello"), 0, stall(gate))], { idleTimeouts: slow });
    await gate.reached;
    gate.release();
    expect((await calling).text).toBe("Hello");
  });

  it("is abandoned when the turn ends", async () => {
    const gate = createGate();
    const stop = new AbortController();
    const deadline = new Error("deadline");
    const step = interrupt(answerWith("never"), 0, stall(gate));
    const calling = call([step], {
      idleTimeouts: { firstTokenMs: 60_000, betweenTokensMs: 60_000 },
      signal: stop.signal,
    });
    await gate.reached;
    stop.abort(deadline);
    expect((await calling).error).toBe(deadline);
    expect(await bedrock.calls[0]?.ended).toBe("abandoned");
  });
});
