import { createHash } from "node:crypto";
import {
  type Attributes,
  type HrTime,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
} from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { Usage } from "#lib/contract/chat.ts";
import type { Trace, TraceAttempt, TraceSpan } from "#lib/contract/trace.ts";
import type { StoredTurn } from "./trace-export.ts";

/**
 * Returns what an attempt adds to its turn's trace: the attempt and its steps, the attempts before it whose runners have died,
 * and with the turn's end the turn itself and its waits. All ids derive from the turn's, so that every runner adds to the same
 * trace, and a span that is sent twice is the same span. Holds ids, names, counts and times, never a text.
 *
 * The names are those of the semantic conventions for generative AI, November 2026:
 * https://github.com/open-telemetry/semantic-conventions-genai/tree/main/docs/gen-ai
 */
export function spansOf(trace: Trace, turn: StoredTurn, resource: Resource): ReadableSpan[] {
  const acceptedMs = Date.parse(trace.created_at);
  const traceId = trace.turn_id.replaceAll("-", "");
  const contextOf = (place: string) => ({
    traceId,
    spanId: createHash("sha256").update(`${traceId}/${place}`).digest("hex").slice(0, 16),
    traceFlags: TraceFlags.SAMPLED,
  });

  /** @param place the span's place in the turn, which its id derives from */
  function span(place: string, parent: string | undefined, described: DescribedSpan): ReadableSpan {
    const { name, kind = SpanKind.INTERNAL, attributes = {}, errorType } = described;
    const { start_ms, duration_ms } = described.time;
    return {
      ...{ name, kind, resource },
      spanContext: () => contextOf(place),
      ...(parent !== undefined && { parentSpanContext: contextOf(parent) }),
      startTime: timeOf(acceptedMs + start_ms),
      endTime: timeOf(acceptedMs + start_ms + (duration_ms ?? 0)),
      duration: timeOf(duration_ms ?? 0),
      ended: true,
      attributes: { ...attributes, ...(errorType !== undefined && { "error.type": errorType }) },
      status: { code: errorType === undefined ? SpanStatusCode.UNSET : SpanStatusCode.ERROR },
      instrumentationScope: { name: "enterprise-agentic-ai" },
      ...{ links: [], events: [] },
      ...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
    };
  }

  const spans = addedAttempts(trace, turn.attempt).flatMap((attempt) => [
    span(placeOf(attempt), "turn", describeAttempt(attempt)),
    ...attempt.spans.map((step, index) =>
      span(`${placeOf(attempt)}/${index}`, placeOf(attempt), describeStep(step)),
    ),
  ]);
  if (!hasEnded(trace, turn.attempt)) return spans;
  return [
    span("turn", undefined, describeTurn(trace, turn.errorType)),
    ...trace.waits.map((wait, index) =>
      span(`wait/${index}`, "turn", { name: `wait ${wait.kind}`, time: wait }),
    ),
    ...spans,
  ];
}

interface DescribedSpan {
  name: string;
  time: { start_ms: number; duration_ms: number | null };
  kind?: SpanKind;
  attributes?: Attributes;
  /** Undefined if the step has succeeded. */
  errorType?: string | undefined;
}

const placeOf = ({ attempt }: TraceAttempt) => `attempt/${attempt}`;

/** The attempt of the runner, and those before it that no runner has sent. A parked attempt was sent when it was parked. */
function addedAttempts({ attempts }: Trace, newest: number): TraceAttempt[] {
  const upToNow = attempts.filter(({ attempt }) => attempt <= newest);
  const before = upToNow.slice(0, -1);
  return upToNow.slice(before.findLastIndex(({ outcome }) => outcome === "waiting") + 1);
}

const hasEnded = ({ status, attempts }: Trace, newest: number) =>
  ["done", "failed", "stopped"].includes(status) && attempts.at(-1)?.attempt === newest;

/** Milliseconds since 1970 as whole seconds and nanoseconds. */
const timeOf = (ms: number): HrTime => [Math.floor(ms / 1_000), (ms % 1_000) * 1_000_000];

const provider = { "gen_ai.provider.name": "aws.bedrock" };

function describeTurn(trace: Trace, errorType = "_OTHER"): DescribedSpan {
  return {
    name: "invoke_agent",
    time: { start_ms: 0, duration_ms: trace.duration_ms },
    attributes: {
      "gen_ai.operation.name": "invoke_agent",
      ...provider,
      "gen_ai.conversation.id": trace.conversation_id,
      "agentic_chat.turn.id": trace.turn_id,
      "agentic_chat.turn.status": trace.status,
    },
    ...(trace.status === "failed" && { errorType }),
  };
}

function describeAttempt(attempt: TraceAttempt): DescribedSpan {
  const { outcome } = attempt;
  return {
    name: "attempt",
    time: attempt,
    attributes: {
      "agentic_chat.attempt.number": attempt.attempt,
      "agentic_chat.attempt.outcome": outcome,
    },
    ...((outcome === "lost" || outcome === "failed") && { errorType: outcome }),
  };
}

function describeStep(step: TraceSpan): DescribedSpan {
  switch (step.kind) {
    case "model":
      return describeModelRequest(step);
    case "tool":
      return {
        name: `execute_tool ${step.name}`,
        time: step,
        attributes: {
          "gen_ai.operation.name": "execute_tool",
          "gen_ai.tool.name": step.name,
          "agentic_chat.tool.state": step.state,
          ...(step.effect && { "agentic_chat.tool.effect": step.effect }),
        },
        ...((step.state === "failed" || step.state === "unknown") && { errorType: step.state }),
      };
    case "merged":
      return { name: step.kind, time: step, attributes: { "agentic_chat.steps": step.count } };
    default:
      return { name: step.kind, time: step };
  }
}

function describeModelRequest(step: Extract<TraceSpan, { kind: "model" }>): DescribedSpan {
  const { model, usage, first_token_ms } = step;
  return {
    name: `chat ${model}`,
    time: step,
    kind: SpanKind.CLIENT,
    attributes: {
      "gen_ai.operation.name": "chat",
      ...provider,
      "gen_ai.request.model": model,
      "gen_ai.request.stream": true,
      ...(first_token_ms !== null && {
        "gen_ai.response.time_to_first_chunk": first_token_ms / 1_000,
      }),
      ...(usage && usageAttributes(usage)),
    },
    errorType: step.error,
  };
}

/** The conventions count the tokens of the prompt cache among those of the input. A figure that nobody knows is left out. */
function usageAttributes(usage: Usage): Attributes {
  const { input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, cost_usd } = usage;
  const attributes = {
    "gen_ai.usage.input_tokens":
      input_tokens === null
        ? null
        : input_tokens + (cache_read_tokens ?? 0) + (cache_write_tokens ?? 0),
    "gen_ai.usage.cache_read.input_tokens": cache_read_tokens,
    "gen_ai.usage.cache_write.input_tokens": cache_write_tokens,
    "gen_ai.usage.output_tokens": output_tokens,
    "agentic_chat.cost_usd": cost_usd,
  };
  return Object.fromEntries(
    Object.entries(attributes).filter((entry): entry is [string, number] => entry[1] !== null),
  );
}
