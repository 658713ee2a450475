import type { CallCost } from "#lib/agent/agent-event.ts";
import { roundUsd } from "#lib/budget/price.ts";
import type { Usage } from "#lib/contract/chat.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";

/** Returns the usage with one model call added. */
export function addUsage(usage: Usage | null, { tokens, costUsd }: CallCost): Usage {
  const call: Usage = {
    input_tokens: tokens?.inputTokens ?? null,
    cache_read_tokens: tokens?.cacheReadTokens ?? null,
    cache_write_tokens: tokens?.cacheWriteTokens ?? null,
    output_tokens: tokens?.outputTokens ?? null,
    cost_usd: costUsd,
  };
  return usage ? sumOf(usage, call) : call;
}

/** Returns the sum of two parts of a turn. Null means that a part has called no model. */
export function sumUsage(one: Usage | null, other: Usage | null): Usage | null {
  return one && other ? sumOf(one, other) : (one ?? other);
}

/** One unknown figure makes the sum unknown. */
function sumOf(one: Usage, other: Usage): Usage {
  const sum = (key: keyof Usage) => {
    const [before, more] = [one[key], other[key]];
    return before === null || more === null ? null : before + more;
  };
  const cost = sum("cost_usd");
  return {
    input_tokens: sum("input_tokens"),
    cache_read_tokens: sum("cache_read_tokens"),
    cache_write_tokens: sum("cache_write_tokens"),
    output_tokens: sum("output_tokens"),
    cost_usd: cost === null ? null : roundUsd(cost),
  };
}

/** Measures tokens and cost by model. Skips unknown figures, and the cache metrics while nobody uses the cache. */
export function measureUsage(telemetry: Telemetry, usage: Usage, model: string): void {
  for (const [key, metric] of metricsOfUsage) {
    const amount = usage[key];
    // CloudWatch bills each metric by the month.
    const isUnused = amount === 0 && metric.startsWith("Cache");
    if (amount !== null && !isUnused) telemetry.measure(metric, amount, { model });
  }
}

const metricsOfUsage = [
  ["input_tokens", "InputTokens"],
  ["cache_read_tokens", "CacheReadTokens"],
  ["cache_write_tokens", "CacheWriteTokens"],
  ["output_tokens", "OutputTokens"],
  ["cost_usd", "CostUsd"],
] as const;
