import type { UsagePlan } from "#local/deployment.ts";

type Verdict = "ok" | "THROTTLED" | "QUOTA_EXCEEDED";

/** Returns a function that meters each API key like a usage plan: a token bucket, and a quota per UTC day. */
export function createUsageMeter(
  { ratePerSecond, burst, perDay }: UsagePlan,
  now: () => number = Date.now,
): (apiKey: string) => Verdict {
  const buckets = new Map<string, { tokens: number; filledAt: number }>();
  const counts = new Map<string, { day: number; requests: number }>();

  function takeToken(apiKey: string): boolean {
    const bucket = buckets.get(apiKey) ?? { tokens: burst, filledAt: now() };
    const refilled = ((now() - bucket.filledAt) / 1_000) * ratePerSecond;
    const tokens = Math.min(burst, bucket.tokens + refilled);
    const isAllowed = tokens >= 1;
    buckets.set(apiKey, { tokens: isAllowed ? tokens - 1 : tokens, filledAt: now() });
    return isAllowed;
  }

  function count(apiKey: string): boolean {
    const day = Math.floor(now() / 86_400_000);
    const last = counts.get(apiKey);
    const requests = last?.day === day ? last.requests + 1 : 1;
    counts.set(apiKey, { day, requests });
    return requests <= perDay;
  }

  return (apiKey) => {
    if (!takeToken(apiKey)) return "THROTTLED";
    return count(apiKey) ? "ok" : "QUOTA_EXCEEDED";
  };
}
