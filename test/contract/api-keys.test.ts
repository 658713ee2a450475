import { describe, expect, it } from "vitest";
import { maxApiKeys } from "#lib/contract/api-key.ts";
import type { TurnBudget } from "#lib/conversations/turn-money.ts";
import { generateApiKey } from "#lib/keys/api-key.ts";
import { createApiKeyStore } from "#lib/keys/api-key-store.ts";
import { createKeyHolders } from "#lib/keys/key-holders.ts";
import { openStores } from "./open-stores.ts";
import { claimLease, endOf, newOwner } from "./turn-steps.ts";

const { database, letLeaseRunOut, requestsOf, sql, turnsCosting } = await openStores();
const keys = createApiKeyStore(database);
const holders = createKeyHolders(database);

/** Makes a key, and returns it with its owner. */
async function makeKey(
  changes: Partial<Parameters<typeof keys.create>[0]> = {},
): Promise<{ owner: string; id: string; key: string }> {
  const owner = changes.owner ?? newOwner();
  const input = { name: "Nightly report", scopes: ["chat" as const], daily_budget_usd: null };
  const created = await keys.create({ ...input, ...changes, owner });
  if (!created) throw new Error("The owner has too many keys.");
  return { owner, id: created.id, key: created.key };
}

describe("a key", () => {
  it("opens what its scopes allow, as its owner", async () => {
    const { owner, id, key } = await makeKey({ scopes: ["chat", "documents:read"] });
    expect(await holders.find(id, key)).toEqual({
      ...{ keyId: id, owner },
      scopes: ["chat", "documents:read"],
    });
  });

  it("is stored only as a hash", async () => {
    const { id, key } = await makeKey();
    const [row] = await sql("select api_keys::text as stored from api_keys where id = $1", [id]);
    expect(row?.stored).toContain(id);
    expect(row?.stored).not.toContain(key.slice(17, 40));
  });

  it("opens nothing if its secret differs, or nobody has made it", async () => {
    const { id } = await makeKey();
    const { key, id: unknown } = generateApiKey();
    expect(await holders.find(id, key)).toBeUndefined();
    expect(await holders.find(unknown, key)).toBeUndefined();
  });

  it("opens nothing once it is revoked, and only its owner can revoke it", async () => {
    const { owner, id, key } = await makeKey();
    expect(await keys.revoke({ owner: newOwner(), id })).toBe(false);
    expect(await holders.find(id, key)).toBeDefined();
    expect(await keys.revoke({ owner, id })).toBe(true);
    expect(await holders.find(id, key)).toBeUndefined();
    expect(await keys.revoke({ owner, id })).toBe(true);
    expect(await keys.list(owner)).toEqual([]);
  });

  it("notes its use once an hour, and costs one request otherwise", async () => {
    const { owner, id, key } = await makeKey();
    const lastUse = async () => (await keys.list(owner))[0]?.last_used_at;
    expect(await lastUse()).toBeNull();
    expect(await requestsOf(() => holders.find(id, key))).toBe(2);
    const first = await lastUse();
    expect(first).toMatch(/^\d{4}-.*Z$/);
    expect(await requestsOf(() => holders.find(id, key))).toBe(1);
    expect(await lastUse()).toBe(first);
    await sql("update api_keys set last_used_at = now() - interval '61 minutes' where id = $1", [
      id,
    ]);
    expect(await requestsOf(() => holders.find(id, key))).toBe(2);
  });

  it("is listed newest first, without the key", async () => {
    const { owner, id } = await makeKey({ name: "one", daily_budget_usd: 1.5 });
    const { id: newer } = await makeKey({ owner, name: "two" });
    const listed = await keys.list(owner);
    expect(listed.map((key) => key.id)).toEqual([newer, id]);
    expect(listed[1]).toMatchObject({ name: "one", daily_budget_usd: 1.5, spent_today_usd: 0 });
    expect(JSON.stringify(listed)).not.toContain("eaa_");
  });
});

describe("an owner's keys", () => {
  it("are at most fifty, also when two are made at once; a revoked one makes room", async () => {
    const owner = newOwner();
    const made = [];
    for (let count = 1; count < maxApiKeys; count += 1) made.push(await makeKey({ owner }));
    const input = { owner, name: "x", scopes: ["chat" as const], daily_budget_usd: null };
    const both = await Promise.all([keys.create(input), keys.create(input)]);
    expect(both.filter((created) => created === undefined)).toHaveLength(1);
    await keys.revoke({ owner, id: made[0]?.id ?? "" });
    expect(await keys.create(input)).toBeDefined();
    expect(await keys.create(input)).toBeUndefined();
  });

  it("are deleted with everything else of the owner", async () => {
    const { owner, id, key } = await makeKey();
    const other = await makeKey();
    await keys.deleteAll(owner);
    expect(await holders.find(id, key)).toBeUndefined();
    expect(await holders.find(other.id, other.key)).toBeDefined();
  });
});

/** Turns of at most 100 microdollars, model calls of at most 40. */
const budget: TurnBudget = {
  caps: { turn: 100, ownerDay: 10_000, siteDay: 10_000, siteMonth: 10_000 },
  ...{ turnWorst: 500, callWorst: 40, worstByModel: {} },
};
const turns = turnsCosting(budget);

async function acceptWith({ owner, id }: { owner: string; id: string }) {
  const accepted = await turns.accept({ owner, message: "Hello", bodyHash: "h", keyId: id });
  if (accepted.outcome !== "accepted") throw new Error(accepted.outcome);
  return { owner, ...accepted };
}
const claimWith = ({ owner, conversationId, turnId }: Awaited<ReturnType<typeof acceptWith>>) =>
  turns.claim({ owner, conversationId, turnId });

/** What a key's budget of today has settled and reserved, in microdollars. */
async function spentBy(id: string): Promise<[settled: number, reserved: number]> {
  const [row] = await sql(
    "select settled::int, reserved::int from budgets where scope = 'key/day ' || $1",
    [id],
  );
  return [Number(row?.settled ?? 0), Number(row?.reserved ?? 0)];
}

describe("a key's daily budget", () => {
  it("is reserved with the others, and settled with what the turn has cost", async () => {
    const key = await makeKey({ daily_budget_usd: 1 });
    const accepted = await acceptWith(key);
    const lease = await claimLease(turns, accepted);
    expect(await spentBy(key.id)).toEqual([0, 100]);
    await lease.finish(endOf("Hi"), { spent: 7 });
    expect(await spentBy(key.id)).toEqual([7, 0]);
    expect((await keys.list(key.owner))[0]?.spent_today_usd).toBe(0.000_007);
  });

  it("refuses a turn that it cannot cover, and no turn of another key", async () => {
    const [poor, rich] = [await makeKey(), await makeKey()];
    await sql("update api_keys set daily_cap = 150 where id = $1", [poor.id]);
    const [first, second] = [await acceptWith(poor), await acceptWith(poor)];
    await claimLease(turns, first);
    expect(await claimWith(second)).toMatchObject({
      outcome: "refused",
      turn: { status: "failed", error: { type: "budget_exhausted", scope: "key/day" } },
    });
    expect(await claimWith(await acceptWith(rich))).toMatchObject({ outcome: "claimed" });
    expect(await spentBy(poor.id)).toEqual([0, 100]);
  });

  it("counts the worst case of a runner that died", async () => {
    const key = await makeKey({ daily_budget_usd: 1 });
    const accepted = await acceptWith(key);
    const lease = await claimLease(turns, accepted);
    await lease.beat({ text: "", tools: [], sources: [] }, { spent: 10, inFlight: 0 });
    await letLeaseRunOut(accepted.conversationId);
    await claimLease(turns, accepted);
    // 10 spent and one more call of at most 40; the rest of the turn's 100 is reserved anew.
    expect(await spentBy(key.id)).toEqual([50, 50]);
  });

  it("bounds the turns of a revoked key that were accepted before", async () => {
    const key = await makeKey();
    await sql("update api_keys set daily_cap = 50 where id = $1", [key.id]);
    const accepted = await acceptWith(key);
    await keys.revoke(key);
    expect(await claimWith(accepted)).toMatchObject({ outcome: "refused" });
  });

  it("does not touch turns of the owner without a key", async () => {
    const key = await makeKey({ daily_budget_usd: 1 });
    const accepted = await turns.accept({ owner: key.owner, message: "Hello", bodyHash: "h" });
    if (accepted.outcome !== "accepted") throw new Error(accepted.outcome);
    await claimLease(turns, { owner: key.owner, ...accepted });
    expect(await spentBy(key.id)).toEqual([0, 0]);
  });
});
