import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { type Allowance, heldAt, isHeld, tokensOut } from "./allowance.ts";
import type { BucketRule } from "./bucket-rules.ts";
import type { BucketStore, TakeResult } from "./bucket-store.ts";
import { cacheRefusals, createMemoryBucketStore } from "./memory-bucket-store.ts";

/** The wait that a refusal names while running requests hold tokens: about as long as a login takes. */
const heldWaitSeconds = 2;

/** A request that still holds its token after this time was killed, because its function runs for 15 s at most. */
const maxHeldMs = 20_000;

/** One attempt to take a token. */
export interface Attempt {
  admitted: boolean;
  /** Tokens left after the attempt. */
  remaining: number;
  /** Until the next token comes back, at least 1. A refused client must wait this long. */
  nextTokenSeconds: number;
  /** Identifies the token. */
  spentAtMs: number;
}

/** The bucket of a route: each address has N tokens, and a spent token comes back W seconds after it was spent. */
export interface Bucket {
  readonly rule: BucketRule;
  /** @throws HttpProblem 503 if the bucket counts failures and the store is unavailable */
  take(address: string): Promise<Attempt>;
  /** Undoes an admitted attempt. */
  giveBack(address: string, attempt: Attempt): Promise<void>;
  /**
   * Counts an admitted request as a failure: spends the token that the request holds.
   * @throws HttpProblem 503 if the failure cannot be counted
   */
  keep(address: string, attempt: Attempt): Promise<void>;
}

interface BucketOptions extends BucketRule {
  store: BucketStore;
  telemetry: Telemetry;
  now?: () => number;
}

export function createBucket({ store, telemetry, now = Date.now, ...rule }: BucketOptions): Bucket {
  const allowance = { capacity: rule.capacity, windowMs: rule.windowSeconds * 1_000 };
  const tokens = createTokens({ store, telemetry, rule, allowance });
  const keyOf = (address: string) => `rl#${rule.name}#${address}`;

  /** A killed request never gives its token back. The next request that needs a token takes it back instead. */
  async function takeOrReclaim(key: string, takenAtMs: number): Promise<TakeResult> {
    const result = await tokens.take(key, takenAtMs);
    const abandoned = result.spentAtMs.filter((at) => isHeld(at) && at <= takenAtMs - maxHeldMs);
    if (result.admitted || abandoned.length === 0) return result;
    await Promise.all(abandoned.map((at) => tokens.giveBack(key, at)));
    return tokens.take(key, takenAtMs);
  }

  return {
    rule,

    async take(address) {
      const nowMs = now();
      const takenAtMs = rule.counts === "requests" ? nowMs : heldAt(nowMs);
      const { admitted, spentAtMs } = await takeOrReclaim(keyOf(address), takenAtMs);
      if (!admitted) {
        telemetry.measure("RateLimited", 1);
        telemetry.info("ratelimit.denied", { bucket: rule.name, ip_hash: address });
      }
      const out = tokensOut(spentAtMs, allowance, takenAtMs);
      const backInMs = Math.floor(out.at(-1) ?? nowMs) + allowance.windowMs - nowMs;
      const backInSeconds = Math.max(1, Math.ceil(backInMs / 1_000));
      const mayEndSoon = !admitted && out.some(isHeld);
      return {
        admitted,
        remaining: admitted ? rule.capacity - out.length : 0,
        nextTokenSeconds: mayEndSoon ? Math.min(heldWaitSeconds, backInSeconds) : backInSeconds,
        spentAtMs: takenAtMs,
      };
    },

    giveBack: (address, attempt) => tokens.giveBack(keyOf(address), attempt.spentAtMs),
    keep: (address, attempt) => tokens.settle(keyOf(address), attempt.spentAtMs),
  };
}

interface TokensOptions {
  store: BucketStore;
  telemetry: Telemetry;
  rule: BucketRule;
  allowance: Allowance;
}

/**
 * The store of one rule, and what happens while the store is unavailable. A bucket that counts requests falls back to
 * this instance's memory, because chat must go on. A bucket that counts failures guards a password: it throws a 503.
 */
function createTokens({ store, telemetry, rule, allowance }: TokensOptions) {
  const shared = rule.counts === "requests" ? cacheRefusals(store) : store;
  const fallback = createMemoryBucketStore();

  function warn(cause: unknown): void {
    telemetry.measure("RateLimiterUnavailable", 1);
    telemetry.warn("ratelimit.unavailable", {
      bucket: rule.name,
      error_type: cause instanceof Error ? cause.name : typeof cause,
    });
  }

  return {
    async take(key: string, takenAtMs: number): Promise<TakeResult> {
      const startedAt = performance.now();
      try {
        return await shared.take(key, allowance, takenAtMs);
      } catch (cause) {
        warn(cause);
        if (rule.counts === "requests") return fallback.take(key, allowance, takenAtMs);
        throw unavailable(cause);
      } finally {
        telemetry.measure("RateLimiterLatency", performance.now() - startedAt);
      }
    },

    async giveBack(key: string, spentAtMs: number): Promise<void> {
      try {
        // Has the token if the store was unavailable. Otherwise changes nothing.
        await fallback.giveBack(key, allowance, spentAtMs);
        await shared.giveBack(key, allowance, spentAtMs);
      } catch (cause) {
        // The request's response is settled. One token too few for a while is no reason for another one.
        warn(cause);
      }
    },

    async settle(key: string, heldAtMs: number): Promise<void> {
      let isCounted: boolean;
      try {
        isCounted = await store.settle(key, allowance, heldAtMs);
      } catch (cause) {
        warn(cause);
        throw unavailable(cause);
      }
      // The request was frozen for so long that another request reclaimed its token.
      if (!isCounted) throw unavailable(new Error("The held token is gone."));
    },
  };
}

const unavailable = (cause: unknown) =>
  new HttpProblem(
    "service_unavailable",
    503,
    "The service is unavailable. Try again in a few seconds.",
    { retryAfterSeconds: 5, cause },
  );
