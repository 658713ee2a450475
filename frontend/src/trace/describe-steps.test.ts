import { describe, expect, it } from "vitest";
import type { Trace, TraceAttempt } from "#lib/contract/trace.ts";
import { traceEnglish } from "../texts/trace-english.ts";
import { lanesOf } from "./describe-steps.ts";

const words = {
  texts: traceEnglish,
  toolNames: { calculator: "Calculator" },
  toolStates: { failed: "failed", done: "done" },
  demoModel: "Demo model",
  duration: (ms: number) => `${ms} ms`,
  dollars: (usd: number) => `$${usd}`,
};
const traceOf = (attempts: Partial<TraceAttempt>[], waits: Trace["waits"] = []): Trace => ({
  ...{ turn_id: "t", conversation_id: "c", status: "done", created_at: "", duration_ms: 100 },
  attempts: attempts.map((changes, index) => ({
    ...{ attempt: index + 1, start_ms: 0, duration_ms: 50, outcome: "done", spans: [] },
    ...changes,
  })),
  waits,
  summary_usage: null,
});
const usage = {
  ...{ input_tokens: 5, cache_read_tokens: 20, cache_write_tokens: 0, output_tokens: 7 },
  cost_usd: 0.5,
};

describe("the lanes of a waterfall", () => {
  it("come in the order of time, with the waits between the attempts", () => {
    const lost = { outcome: "lost", start_ms: 0, duration_ms: 15 } as const;
    const waits = [{ kind: "queue" as const, start_ms: 15, duration_ms: 25 }];
    const lanes = lanesOf(traceOf([lost, { start_ms: 40 }], waits), words);
    expect(lanes.map(({ attempt, steps }) => [attempt?.attempt, steps[0]?.name])).toEqual([
      [1, "The runner ended without saving"],
      [undefined, "Waiting for a runner"],
      [2, "finished"],
    ]);
  });

  it("say of each request to a model how it went", () => {
    const request = { kind: "model", start_ms: 1, duration_ms: 9, model: "m" } as const;
    const spans = [
      { ...request, is_fallback: false, first_token_ms: null, usage: null, error: "busy" },
      { ...request, is_fallback: true, first_token_ms: 4, usage },
      { ...request, is_fallback: false, first_token_ms: null, usage: null, error: "of tomorrow" },
    ];
    const [lane] = lanesOf(traceOf([{ spans }]), words);
    expect(lane?.steps.map(({ details, isFailed }) => [details.join("; "), isFailed])).toEqual([
      ["the model was busy", true],
      ["fallback model; first word after 4 ms; 25 tokens in (20 from cache), 7 out; $0.5", false],
      ["failed", true],
    ]);
  });

  it("name tools in words, and say what has failed", () => {
    const call = { kind: "tool", start_ms: 1, duration_ms: 2 } as const;
    const spans = [
      { ...call, name: "calculator", state: "done", effect: "none" } as const,
      { ...call, name: "helpdesk_create_ticket", state: "failed", effect: "write" } as const,
    ];
    const [lane] = lanesOf(traceOf([{ spans }]), words);
    expect(lane?.steps).toMatchObject([
      { name: "Calculator", details: [], isFailed: false },
      { name: "Create ticket · helpdesk", details: ["failed"], isFailed: true },
    ]);
  });
});
