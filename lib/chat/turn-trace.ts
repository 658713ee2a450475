import type { ModelRequest } from "#lib/agent/agent.ts";
import type { ToolCall } from "#lib/contract/chat.ts";
import type { TraceSpan } from "#lib/contract/trace.ts";
import type { StoredAttempt } from "#lib/conversations/stored-trace.ts";
import type { TurnLease } from "#lib/conversations/turn-lease.ts";
import { addUsage } from "./turn-usage.ts";

/** Records when the steps of one attempt began and ended. Costs no request: the end of the attempt stores it. */
export interface TurnTrace {
  /** Records the time that the work takes. */
  span<Result>(kind: StepKind, work: () => Promise<Result>): Promise<Result>;
  model(request: ModelRequest): void;
  /** Records the new state of a tool call. */
  tool(call: ToolCall): void;
  /** Returns the record as the attempt's end stores it. */
  end(outcome: StoredAttempt["outcome"]): StoredAttempt;
}

type StepKind = "agent" | "check";

/** Of one attempt. A trace has at most 8 KB, for which the database drops the spans of earlier attempts. */
const maxSpanBytes = 6 * 1024;
/** A model may invent a name. */
const maxNameUnits = 64;
/** A loaded agent and an answer without quotations would only be noise. */
const shortestStepMs = 1;

export function startTurnTrace({ claimedAtMs, turn }: TurnLease): TurnTrace {
  const since = (atMs: number) => Math.max(0, Math.round(atMs - claimedAtMs));
  const between = (startedAtMs: number, endedAtMs: number) => ({
    start_ms: since(startedAtMs),
    duration_ms: Math.max(0, Math.round(endedAtMs - startedAtMs)),
  });
  const spans: TraceSpan[] = [{ kind: "claim", ...between(claimedAtMs, performance.now()) }];
  let first_token_ms: number | null = null;
  const calls = new Map<string, { call: ToolCall; startedAtMs: number; endedAtMs?: number }>();

  return {
    async span(kind, work) {
      const startedAtMs = performance.now();
      try {
        return await work();
      } finally {
        const endedAtMs = performance.now();
        if (endedAtMs - startedAtMs >= shortestStepMs) {
          spans.push({ kind, ...between(startedAtMs, endedAtMs) });
        }
      }
    },

    model({ startedAtMs, firstTokenAtMs, endedAtMs, error, isFallback, ...request }) {
      if (firstTokenAtMs !== undefined) first_token_ms ??= since(firstTokenAtMs);
      spans.push({
        kind: "model",
        ...between(startedAtMs, endedAtMs),
        model: request.model,
        is_fallback: isFallback,
        first_token_ms:
          firstTokenAtMs === undefined ? null : Math.round(firstTokenAtMs - startedAtMs),
        usage: request.tokens && addUsage(null, request),
        ...(error !== undefined && { error }),
      });
    },

    tool(call) {
      const atMs = performance.now();
      const { startedAtMs = atMs } = calls.get(call.id) ?? {};
      const endedAtMs = call.state === "running" || call.state === "waiting" ? undefined : atMs;
      calls.set(call.id, { call, startedAtMs, ...(endedAtMs !== undefined && { endedAtMs }) });
    },

    end(outcome) {
      const nowMs = performance.now();
      const tools: TraceSpan[] = [...calls.values()]
        .filter(({ call }) => call.state !== "waiting")
        .map(({ call, startedAtMs, endedAtMs = nowMs }) => ({
          kind: "tool",
          // Tool calls that do not run have no effect. Their names may be any text of the model.
          name: call.effect ? call.name.slice(0, maxNameUnits) : "unknown",
          state: call.state,
          ...(call.effect && { effect: call.effect }),
          ...between(endedAtMs - (call.duration_ms ?? endedAtMs - startedAtMs), endedAtMs),
        }));
      const inOrder = [...spans, ...tools].toSorted((one, other) => one.start_ms - other.start_ms);
      return {
        ...{ attempt: turn.attempt, outcome, sent_ms: since(nowMs), first_token_ms },
        spans: withinBytes(inOrder),
      };
    },
  };
}

/** Merges the oldest spans into one until the list is small enough. */
function withinBytes(spans: TraceSpan[]): TraceSpan[] {
  const bytes = spans.map((span) => JSON.stringify(span).length + 1);
  let size = bytes.reduce((sum, more) => sum + more, 0);
  if (size <= maxSpanBytes) return spans;
  let count = 0;
  for (; size > maxSpanBytes - 128; count += 1) size -= bytes[count] ?? 0;
  const merged = spans.slice(0, count);
  const start_ms = merged[0]?.start_ms ?? 0;
  const end_ms = Math.max(...merged.map((span) => span.start_ms + span.duration_ms));
  return [
    { kind: "merged", start_ms, duration_ms: end_ms - start_ms, count },
    ...spans.slice(count),
  ];
}
