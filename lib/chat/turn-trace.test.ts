import { describe, expect, it } from "vitest";
import type { ModelRequest } from "#lib/agent/agent.ts";
import { claimedTurn, testLease } from "#test/support/claimed-turn.ts";
import { startTurnTrace } from "./turn-trace.ts";

const request = (changes: Partial<ModelRequest> = {}): ModelRequest => ({
  ...{ model: "m", isFallback: false, error: undefined },
  ...{ startedAtMs: 100, firstTokenAtMs: 350, endedAtMs: 600 },
  tokens: { inputTokens: 5, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 7 },
  costUsd: 0.5,
  ...changes,
});
const startTrace = () =>
  startTurnTrace(testLease({ turn: claimedTurn({ attempt: 2 }), claimedAtMs: 50 }));

describe("the trace of an attempt", () => {
  it("counts each request to a model from the claim", () => {
    const trace = startTrace();
    trace.model(request({ error: "busy", firstTokenAtMs: undefined, tokens: null, costUsd: null }));
    trace.model(
      request({ startedAtMs: 700, firstTokenAtMs: 900, endedAtMs: 1_000, isFallback: true }),
    );
    const ended = trace.end("done");
    expect(ended).toMatchObject({ attempt: 2, outcome: "done", first_token_ms: 850 });
    expect(ended.spans.filter(({ kind }) => kind === "model")).toEqual([
      {
        ...{ kind: "model", model: "m", is_fallback: false, error: "busy" },
        ...{ start_ms: 50, duration_ms: 500, first_token_ms: null, usage: null },
      },
      {
        ...{ kind: "model", model: "m", is_fallback: true },
        ...{ start_ms: 650, duration_ms: 300, first_token_ms: 200 },
        usage: {
          ...{ input_tokens: 5, cache_read_tokens: 0, cache_write_tokens: 0, output_tokens: 7 },
          cost_usd: 0.5,
        },
      },
    ]);
  });

  it("holds no text: no arguments, no output, no name that a model has made up", () => {
    const trace = startTrace();
    const call = { id: "1", name: "calculator", effect: "none", input: { secret: 1 } } as const;
    trace.tool({ ...call, state: "running" });
    trace.tool({ ...call, state: "done", output: "secret", duration_ms: 4 });
    trace.tool({ id: "2", name: "tell secret", state: "failed", output: "secret" });
    trace.tool({ ...call, id: "3", state: "waiting" });
    const { spans } = trace.end("failed");
    expect(JSON.stringify(spans)).not.toContain("secret");
    expect(spans.filter(({ kind }) => kind === "tool")).toMatchObject([
      { name: "calculator", state: "done", effect: "none", duration_ms: 4 },
      { name: "unknown", state: "failed" },
    ]);
  });

  it("merges the oldest of a thousand steps, so that it has at most 6 KB", () => {
    const trace = startTrace();
    for (let index = 0; index < 1_000; index += 1) {
      trace.model(request({ startedAtMs: 100 + index, endedAtMs: 101 + index }));
    }
    const ended = trace.end("done");
    expect(JSON.stringify(ended.spans).length).toBeLessThanOrEqual(6 * 1_024);
    const [merged] = ended.spans;
    if (merged?.kind !== "merged") throw new Error("The first span is not merged.");
    expect(merged.count + ended.spans.length - 1).toBe(1_001);
    expect(ended.spans.at(-1)).toMatchObject({ start_ms: 1_049 });
  });
});
