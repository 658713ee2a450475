import { expect, it } from "vitest";
import type { TraceSpan } from "#lib/contract/trace.ts";
import { packAttempt, packing } from "./packed-trace.ts";
import type { StoredAttempt } from "./stored-trace.ts";
import { unpackAttempts } from "./unpack-trace.ts";

const usage = {
  ...{ input_tokens: 6_181, output_tokens: 9, cost_usd: 0.00206448 },
  ...{ cache_read_tokens: 0, cache_write_tokens: 0 },
};
const model = {
  ...({ kind: "model", start_ms: 10, duration_ms: 2, first_token_ms: 2 } as const),
  ...{ model: "amazon.nova-2-lite-v1:0", is_fallback: false, usage },
};
const tool = {
  ...({ kind: "tool", start_ms: 13, duration_ms: 0, name: "calculator" } as const),
  ...({ state: "done", effect: "none" } as const),
};
const attemptOf = (spans: TraceSpan[], changes: Partial<StoredAttempt> = {}): StoredAttempt => ({
  ...{ attempt: 1, outcome: "done", sent_ms: 18, first_token_ms: 12, spans },
  ...changes,
});

/** Stores an attempt as the SQL function `trace_with` does. */
const stored = (packed: string) => JSON.parse(`[${packed.slice(0, -1)},23]]`);

it.each<[string, TraceSpan]>([
  ["a step", { kind: "check", start_ms: 1, duration_ms: 2 }],
  ["a model call", model],
  ["a call of another model", { ...model, model: "another", is_fallback: true }],
  ["a call that failed", { ...model, first_token_ms: null, usage: null, error: "throttled" }],
  ["a call with a cache", { ...model, usage: { ...usage, cache_write_tokens: 7 } }],
  ["a call without a price", { ...model, usage: { ...usage, cost_usd: null } }],
  ["the cheapest call", { ...model, usage: { ...usage, cost_usd: 1e-10 } }],
  ["a tool call", tool],
  ["a tool call that failed", { ...tool, state: "failed", effect: "write" }],
  ["a tool that the model made up", { ...tool, name: "unknown", effect: undefined }],
  ["merged steps", { kind: "merged", start_ms: 0, duration_ms: 9, count: 40 }],
])("%s comes back as it was", (_, span) => {
  const attempt = attemptOf([span]);
  expect(unpackAttempts(stored(packAttempt(attempt, model.model)), model.model, packing)).toEqual([
    { ...attempt, stored_ms: 23 },
  ]);
});

it("each outcome comes back, and a missing first token", () => {
  for (const outcome of ["waiting", "done", "failed", "stopped"] as const) {
    const attempt = attemptOf([], { outcome, first_token_ms: null, attempt: 3 });
    const [back] = unpackAttempts(stored(packAttempt(attempt, null)), null, packing);
    expect(back).toEqual({ ...attempt, stored_ms: 23 });
  }
});

it("a turn with two model calls and a tool takes at most 110 bytes", () => {
  const attempt = attemptOf([{ kind: "claim", start_ms: 0, duration_ms: 9 }, model, tool, model]);
  expect(packAttempt(attempt, model.model).length).toBeLessThanOrEqual(110);
  expect(packAttempt(attempt, model.model)).not.toContain(" ");
});
