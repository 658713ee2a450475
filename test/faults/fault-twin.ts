import pg from "pg";
import { afterAll, beforeAll, expect } from "vitest";
import type { Pace } from "#local/bedrock/pace.ts";
import { startTwin, type Twin } from "#local/twin.ts";
import { ChatClient } from "#test/support/chat-client.ts";
import { manyAddresses } from "#test/support/many-addresses.ts";
import { twinOptions } from "#test/support/twin-options.ts";
import { checkMoney, pricedModel } from "./check-money.ts";

export const leaseSeconds = 2;

/** The functions that run turns. */
export const runners = ["chat-stream", "turn-run"] as const;

export interface FaultTwin {
  twin: Twin;
  /** As the owner of the tables, past everything. */
  pool: pg.Pool;
  /** A client that is logged in. */
  client: ChatClient;
}

/**
 * The whole system for one test file, with a short lease and limits that are not in the way. After the last test its money
 * must be right.
 */
export function openFaultTwin(pace: Pace, environment: Record<string, string> = {}): FaultTwin {
  const options = twinOptions({
    LEASE_SECONDS: String(leaseSeconds),
    ...pricedModel,
    ...environment,
  });
  let started: FaultTwin | undefined;
  const get = (): FaultTwin => {
    if (!started) throw new Error("The twin starts before the first test.");
    return started;
  };
  beforeAll(async () => {
    const twin = await startTwin({
      ...{ ...options, pace, eventRetryMs: [200], viewerAddress: manyAddresses() },
    });
    const pool = new pg.Pool({ connectionString: twin.parts.postgres.ownerUrl("app"), max: 4 });
    // Tests stop the server under its idle connections.
    pool.on("error", () => {});
    const client = new ChatClient(twin.url);
    await client.login(twin.password);
    started = { twin, pool, client };
  });
  afterAll(async () => {
    if (!started) return;
    const { twin, pool } = started;
    // Calls that a runner left end only now.
    for (const runner of runners) await twin.functionKill(runner);
    const { details } = await checkMoney(twin.parts.bedrock, pool);
    await pool.end();
    await twin.stop();
    expect(details).toEqual([]);
  });
  return {
    get twin() {
      return get().twin;
    },
    get pool() {
      return get().pool;
    },
    get client() {
      return get().client;
    },
  };
}
