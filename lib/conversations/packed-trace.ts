import { ToolCall, type Usage } from "#lib/contract/chat.ts";
import type { TraceSpan } from "#lib/contract/trace.ts";
import { StoredAttempt } from "./stored-trace.ts";

/**
 * An attempt as `turns.trace` holds it. Every turn keeps one, so it is a list of values without their names: an attempt with two
 * model calls and a tool takes about 110 bytes instead of 800. The first value of a span is its kind's place in `kinds`.
 *
 *     [attempt, outcome, sent_ms, first_token_ms, spans, stored_ms]
 *     claim, agent, check   [0, start_ms, duration_ms]
 *     model                 [4, start_ms, duration_ms, first_token_ms, tokens, model, is_fallback, error]
 *     tool                  [5, start_ms, duration_ms, name, state, effect]
 *     merged                [6, start_ms, duration_ms, count]
 *     tokens                [input, output, cost, cache_read, cache_write]
 *
 * Values at the end of a list that are its usual ones are left out. A model is 0 if it is the turn's. A cost counts ten-thousandths
 * of a microdollar. The SQL function `trace_with` adds `stored_ms`, and empties the spans of old attempts by their place in the list.
 */
const kinds = ["claim", "agent", "check", "commit", "model", "tool", "merged"] as const;
const outcomes = StoredAttempt.entries.outcome.options;
const states = ToolCall.entries.state.options;
const costsPerUsd = 1e10;

/** What the numbers in a list stand for. `unpack-trace.ts` gets them from its caller, so that it imports no code. */
export const packing = { kinds, outcomes, states, costsPerUsd };
export type Packing = typeof packing;

/** Returns the JSON of an attempt, without white space. @param model the turn's */
export function packAttempt(attempt: StoredAttempt, model: string | null): string {
  return JSON.stringify([
    ...[attempt.attempt, outcomes.indexOf(attempt.outcome), attempt.sent_ms],
    ...[attempt.first_token_ms, attempt.spans.map((span) => packSpan(span, model))],
  ]);
}

function packSpan(span: TraceSpan, model: string | null): unknown[] {
  const start = [kinds.indexOf(span.kind), span.start_ms, span.duration_ms];
  switch (span.kind) {
    case "model":
      return withoutUsual(
        [
          ...[...start, span.first_token_ms, span.usage && packUsage(span.usage)],
          ...[span.model === model ? 0 : span.model, span.is_fallback ? 1 : 0, span.error ?? 0],
        ],
        [0, 0, 0],
      );
    case "tool":
      return withoutUsual(
        [...start, span.name, states.indexOf(span.state), span.effect ?? 0],
        [states.indexOf("done"), "none"],
      );
    case "merged":
      return [...start, span.count];
    default:
      return start;
  }
}

const packUsage = (usage: Usage): unknown[] =>
  withoutUsual(
    [
      ...[usage.input_tokens, usage.output_tokens],
      usage.cost_usd === null ? null : Math.round(usage.cost_usd * costsPerUsd),
      ...[usage.cache_read_tokens, usage.cache_write_tokens],
    ],
    [0, 0],
  );

/** Leaves out the last values while they are the usual ones of their places at the end. */
function withoutUsual(values: unknown[], usual: readonly unknown[]): unknown[] {
  let [end, at] = [values.length, usual.length];
  while (at > 0 && values[end - 1] === usual[at - 1]) [end, at] = [end - 1, at - 1];
  return values.slice(0, end);
}
