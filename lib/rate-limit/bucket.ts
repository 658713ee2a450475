import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { heldAt, isHeld, tokensOut } from "./allowance.ts";
import type { BucketRule } from "./bucket-rules.ts";
import type { BucketStore, Spending } from "./bucket-store.ts";
import { createMemoryBucketStore } from "./memory-bucket-store.ts";
import { rememberDenials } from "./remember-denials.ts";

/** The wait that a refusal names while running requests hold tokens: about as long as a login takes. */
const heldWaitSeconds = 2;

/** A request that still holds its token after this time was killed: its function may run for 15 s. */
const maxHeldMs = 20_000;

/** What became of one attempt to take a token. */
export interface Taken {
  admitted: boolean;
  /** Tokens left after it. */
  remaining: number;
  /** Until the next token is back, at least 1: when refused, how long to wait. */
  nextTokenSeconds: number;
  spentAtMs: number;
}

/** "The bucket holds N tokens; a spent token comes back W seconds after it was spent." One for each address. */
export interface Bucket {
  readonly rule: BucketRule;
  take(address: string): Promise<Taken>;
  /** Undoes a `take` that was admitted. */
  giveBack(address: string, taken: Taken): Promise<void>;
  /**
   * Counts an admitted request as a failure: the token that it held is spent.
   * @throws HttpProblem 503 if the failure cannot be counted
   */
  keep(address: string, taken: Taken): Promise<void>;
}

interface BucketOptions extends BucketRule {
  store: BucketStore;
  telemetry: Telemetry;
  now?: () => number;
}

/**
 * When the store is out of reach, a bucket that counts requests goes on with one of this instance alone, for chat must
 * go on; one that counts failures guards a password, and refuses with a 503 what it cannot count.
 */
export function createBucket({ store, telemetry, now = Date.now, ...rule }: BucketOptions): Bucket {
  const allowance = { capacity: rule.capacity, windowMs: rule.windowSeconds * 1_000 };
  const shared = rule.counts === "requests" ? rememberDenials(store) : store;
  const local = createMemoryBucketStore();
  const keyOf = (address: string) => `rl#${rule.name}#${address}`;

  async function spend(key: string, nowMs: number): Promise<Spending> {
    const startedAt = performance.now();
    try {
      return await shared.take(key, allowance, nowMs);
    } catch (cause) {
      reportUnavailable(cause);
      if (rule.counts === "requests") return local.take(key, allowance, nowMs);
      throw unavailable(cause);
    } finally {
      telemetry.measure("RateLimiterLatency", performance.now() - startedAt);
    }
  }

  /** A request that was killed never gives its token back, so the next one that needs the token does. */
  async function spendOrReclaim(key: string, nowMs: number): Promise<Spending> {
    const spending = await spend(key, nowMs);
    const abandoned = spending.spentAtMs.filter((at) => isHeld(at) && at <= nowMs - maxHeldMs);
    if (spending.admitted || abandoned.length === 0) return spending;
    await Promise.all(abandoned.map((at) => returnToken(key, at)));
    return spend(key, nowMs);
  }

  async function returnToken(key: string, spentAtMs: number): Promise<void> {
    try {
      await store.giveBack(key, allowance, spentAtMs);
    } catch (cause) {
      // A token too few for a while is no reason to undo what has succeeded.
      reportUnavailable(cause);
    }
  }

  function reportUnavailable(cause: unknown): void {
    telemetry.measure("RateLimiterUnavailable", 1);
    telemetry.warn("ratelimit.unavailable", {
      bucket: rule.name,
      error_type: cause instanceof Error ? cause.name : typeof cause,
    });
  }

  return {
    rule,

    async take(address) {
      const nowMs = now();
      const takenAtMs = rule.counts === "requests" ? nowMs : heldAt(nowMs);
      const { admitted, spentAtMs } = await spendOrReclaim(keyOf(address), takenAtMs);
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

    giveBack: (address, taken) => returnToken(keyOf(address), taken.spentAtMs),

    async keep(address, taken) {
      let isCounted: boolean;
      try {
        isCounted = await store.settle(keyOf(address), allowance, taken.spentAtMs);
      } catch (cause) {
        reportUnavailable(cause);
        throw unavailable(cause);
      }
      // The request was frozen for so long that another one has taken its token for abandoned.
      if (!isCounted) throw unavailable(new Error("The held token is gone."));
    },
  };
}

const unavailable = (cause: unknown) =>
  new HttpProblem(
    "service_unavailable",
    503,
    "The service is not available right now. Please try again in a few seconds.",
    { retryAfterSeconds: 5, cause },
  );
