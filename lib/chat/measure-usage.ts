import type { Usage } from "#lib/contract/chat.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";

export function measureUsage(telemetry: Telemetry, usage: Usage, model: string): void {
  for (const [key, metric] of metricsOfUsage) {
    const amount = usage[key];
    // Nothing is measured of a cache that nobody uses: each metric of CloudWatch costs by the month.
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
