import { SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { describe, expect, it } from "vitest";
import type { Trace, TraceAttempt } from "#lib/contract/trace.ts";
import { conversationId, turnId } from "#test/support/turn-state.ts";
import { spansOf } from "./trace-spans.ts";

const createdAt = "2026-01-01T00:00:00.250Z";
const attemptOf = (attempt: number, changes: Partial<TraceAttempt> = {}): TraceAttempt => ({
  ...{ attempt, start_ms: 10 * attempt, duration_ms: 5, outcome: "done" },
  spans: [{ kind: "claim", start_ms: 10 * attempt, duration_ms: 2 }],
  ...changes,
});
const traceOf = (attempts: TraceAttempt[], changes: Partial<Trace> = {}): Trace => ({
  ...{ turn_id: turnId, conversation_id: conversationId, status: "done", created_at: createdAt },
  ...{ duration_ms: 900, attempts, waits: [], summary_usage: null },
  ...changes,
});

const resource = resourceFromAttributes({});
const spansAfter = (trace: Trace, attempt: number, errorType?: string) =>
  spansOf(trace, { owner: "owner-1", turnId, attempt, errorType }, resource);
const namesAfter = (trace: Trace, attempt: number) =>
  spansAfter(trace, attempt).map(({ name }) => name);
const attributesOf = (step: TraceAttempt["spans"][number]) =>
  spansAfter(traceOf([attemptOf(1, { spans: [step] })]), 1).at(-1);

describe("the spans of a turn", () => {
  it("hang together, and their times are of the turn", () => {
    const wait = { kind: "queue", start_ms: 0, duration_ms: 10 } as const;
    const spans = spansAfter(traceOf([attemptOf(1)], { waits: [wait] }), 1);
    const [root, queue, attempt, claim] = spans;
    expect(spans.map(({ name }) => name)).toEqual([
      "invoke_agent",
      "wait queue",
      "attempt",
      "claim",
    ]);
    const idOf = (span = root) => span?.spanContext().spanId;
    expect(root?.parentSpanContext).toBeUndefined();
    expect([queue, attempt].map((span) => span?.parentSpanContext?.spanId)).toEqual([
      idOf(root),
      idOf(root),
    ]);
    expect(claim?.parentSpanContext?.spanId).toBe(idOf(attempt));
    const seconds = Date.parse("2026-01-01T00:00:00Z") / 1_000;
    expect([root?.startTime, root?.endTime]).toEqual([
      [seconds, 250_000_000],
      [seconds + 1, 150_000_000],
    ]);
    expect(claim?.startTime).toEqual([seconds, 260_000_000]);
  });

  it("derive their ids from the turn's, so that a repetition is the same span", () => {
    const trace = traceOf([attemptOf(1, { outcome: "lost", spans: [] }), attemptOf(2)]);
    const ids = spansAfter(trace, 2).map((span) => span.spanContext());
    expect(spansAfter(trace, 2).map((span) => span.spanContext())).toEqual(ids);
    expect(new Set(ids.map(({ spanId }) => spanId)).size).toBe(ids.length);
    for (const { traceId, spanId, traceFlags } of ids) {
      expect([traceId, traceFlags]).toEqual([turnId.replaceAll("-", ""), 1]);
      expect(spanId).toMatch(/^[0-9a-f]{16}$/);
    }
  });

  it("show the attempt of a runner that died beside the one that took over", () => {
    const lost = attemptOf(1, { outcome: "lost", spans: [] });
    const spans = spansAfter(traceOf([lost, attemptOf(2)]), 2);
    expect(
      spans
        .filter(({ name }) => name === "attempt")
        .map(({ attributes, status }) => [attributes["agentic_chat.attempt.outcome"], status.code]),
    ).toEqual([
      ["lost", SpanStatusCode.ERROR],
      ["done", SpanStatusCode.UNSET],
    ]);
  });

  it("are sent once, also when the turn was parked", () => {
    const parked = attemptOf(1, { outcome: "waiting" });
    const waiting = traceOf([parked], { status: "waiting" });
    expect(namesAfter(waiting, 1)).toEqual(["attempt", "claim"]);
    const ended = traceOf([parked, attemptOf(2, { outcome: "lost", spans: [] }), attemptOf(3)]);
    expect(namesAfter(ended, 3)).toEqual(["invoke_agent", "attempt", "attempt", "claim"]);
    // The person has decided, and another runner has ended the turn, before the first one read the trace.
    expect(namesAfter(ended, 1)).toEqual(["attempt", "claim"]);
  });

  it("name the problem of a turn that failed", () => {
    const trace = traceOf([attemptOf(1, { outcome: "failed" })], { status: "failed" });
    const [root] = spansAfter(trace, 1, "model_unavailable");
    expect(root).toMatchObject({
      attributes: { "error.type": "model_unavailable", "agentic_chat.turn.status": "failed" },
      status: { code: SpanStatusCode.ERROR },
    });
    expect(spansAfter(trace, 1)[0]?.attributes["error.type"]).toBe("_OTHER");
  });
});

describe("the conventions for generative AI", () => {
  const request = {
    ...({ kind: "model", model: "m", is_fallback: false } as const),
    ...{ start_ms: 1, duration_ms: 9, first_token_ms: 250 },
  };

  it("name a request to a model, and count cached tokens among the input", () => {
    const usage = {
      ...{ input_tokens: 5, cache_read_tokens: 70, cache_write_tokens: 20, output_tokens: 7 },
      cost_usd: 0.5,
    };
    expect(attributesOf({ ...request, usage })).toMatchObject({
      ...{ name: "chat m", kind: SpanKind.CLIENT },
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "aws.bedrock",
        "gen_ai.request.model": "m",
        "gen_ai.response.time_to_first_chunk": 0.25,
        "gen_ai.usage.input_tokens": 95,
        "gen_ai.usage.cache_read.input_tokens": 70,
        "gen_ai.usage.cache_write.input_tokens": 20,
        "gen_ai.usage.output_tokens": 7,
        "agentic_chat.cost_usd": 0.5,
      },
    });
  });

  it("leave out what nobody knows of a request that failed", () => {
    const span = attributesOf({ ...request, usage: null, first_token_ms: null, error: "busy" });
    expect(span?.attributes).toEqual({
      ...{ "gen_ai.operation.name": "chat", "gen_ai.provider.name": "aws.bedrock" },
      ...{ "gen_ai.request.model": "m", "gen_ai.request.stream": true, "error.type": "busy" },
    });
    expect(span?.status.code).toBe(SpanStatusCode.ERROR);
  });

  it.each([
    ["done", undefined],
    ["denied", undefined],
    ["failed", "failed"],
    ["unknown", "unknown"],
  ] as const)("name a tool that is %s", (state, error) => {
    const time = { start_ms: 1, duration_ms: 2 };
    const span = attributesOf({ kind: "tool", name: "calculator", state, effect: "none", ...time });
    expect(span?.name).toBe("execute_tool calculator");
    expect(span?.attributes).toMatchObject({
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "calculator",
      "agentic_chat.tool.state": state,
    });
    expect(span?.attributes["error.type"]).toBe(error);
  });
});
