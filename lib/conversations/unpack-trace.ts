import type { Packing } from "./packed-trace.ts";

/**
 * Gives the values of packed attempts their names again. Checks nothing.
 * @param packed what `packAttempt` and `trace_with` have written
 * @param model the turn's
 */
export function unpackAttempts(packed: unknown[][], model: string | null, packing: Packing) {
  return packed.map(([attempt, outcome, sent_ms, first_token_ms, spans, stored_ms]) => ({
    ...{ attempt, outcome: packing.outcomes[Number(outcome)], sent_ms, first_token_ms, stored_ms },
    spans: (spans as unknown[][]).map((span) => unpackSpan(span, model, packing)),
  }));
}

function unpackSpan(
  [kind, start_ms, duration_ms, ...rest]: unknown[],
  turnModel: string | null,
  { kinds, states, costsPerUsd }: Packing,
) {
  const start = { kind: kinds[Number(kind)], start_ms, duration_ms };
  switch (start.kind) {
    case "model": {
      const [first_token_ms, usage, model = 0, isFallback = 0, error = 0] = rest;
      return {
        ...{
          ...start,
          first_token_ms,
          usage: Array.isArray(usage) ? unpackUsage(usage, costsPerUsd) : null,
        },
        ...{ model: model === 0 ? (turnModel ?? "unknown") : model, is_fallback: isFallback === 1 },
        ...(error !== 0 && { error }),
      };
    }
    case "tool": {
      const [name, state = states.indexOf("done"), effect = "none"] = rest;
      return { ...start, name, state: states[Number(state)], ...(effect !== 0 && { effect }) };
    }
    case "merged":
      return { ...start, count: rest[0] };
    default:
      return start;
  }
}

function unpackUsage(
  [input, output, cost, cacheRead = 0, cacheWrite = 0]: unknown[],
  costsPerUsd: number,
) {
  return {
    ...{ input_tokens: input, output_tokens: output },
    cost_usd: typeof cost === "number" ? cost / costsPerUsd : null,
    ...{ cache_read_tokens: cacheRead, cache_write_tokens: cacheWrite },
  };
}
