import type { UsageDay } from "#lib/contract/usage.ts";

/** What the plot can show. */
export const measures = ["money", "tokens", "turns"] as const;
export type Measure = (typeof measures)[number];

/** Returns USD, tokens or turns. */
export function amountOf(measure: Measure, day: UsageDay): number {
  switch (measure) {
    case "money":
      return day.cost_usd;
    case "tokens":
      return readTokens(day) + day.output_tokens;
    case "turns":
      return day.turns;
  }
}

/** Returns all tokens that the model read, also through its prompt cache. */
export const readTokens = (day: UsageDay): number =>
  day.input_tokens + day.cache_read_tokens + day.cache_write_tokens;
