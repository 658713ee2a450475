import * as v from "valibot";
import {
  ApiKey,
  type ApiKeyCreate,
  type ApiKeyCreated,
  maxApiKeys,
} from "#lib/contract/api-key.ts";
import type { Database, Row } from "#lib/platform/postgres.ts";
import { rfc3339 } from "#lib/platform/rfc3339.ts";
import { generateApiKey, hashOfApiKey } from "./api-key.ts";

/** Where owners and operators keep the keys of programs. Each call is one database request. */
export interface ApiKeyStore {
  /** Returns the new key, which is stored only as a hash. `undefined`: the owner has as many keys as an owner may have. */
  create(input: { owner: string } & ApiKeyCreate): Promise<ApiKeyCreated | undefined>;
  /** Newest first, without those that are revoked. Without an owner: of all owners. */
  list(owner?: string): Promise<ApiKey[]>;
  /** Returns false if the owner, or without one anybody, has no such key. A revoked key may be revoked again. */
  revoke(input: { owner?: string | undefined; id: string }): Promise<boolean>;
  /** Deletes an owner's keys. Returns when none of them opens anything any more, except in instances that have just used one. */
  deleteAll(owner: string): Promise<void>;
}

/** A revoked key's row stays for so long, because turns that it has started may still need its budget. */
const revokedDays = 30;

const time = (column: string) => `${rfc3339(column)} as ${column}`;

/** The columns of a listed key. `spent` has whole microdollars. */
const columns = `
  id, name, scopes, daily_cap, ${time("created_at")}, ${time("last_used_at")},
  coalesce((
    select settled + reserved from budgets
    where scope = 'key/day ' || id and period = (now() at time zone 'UTC')::date), 0)::text as spent`;

/** PostgreSQL sends a bigint as text. */
const Microdollars = v.pipe(
  v.union([v.string(), v.number()]),
  v.transform((amount) => Number(amount) / 1_000_000),
);

const ApiKeyRow = v.pipe(
  v.object({
    ...v.omit(ApiKey, ["daily_budget_usd", "spent_today_usd"]).entries,
    daily_cap: v.nullable(Microdollars),
    spent: Microdollars,
  }),
  v.transform(
    ({ daily_cap, spent, ...row }): ApiKey => ({
      ...row,
      daily_budget_usd: daily_cap,
      spent_today_usd: spent,
    }),
  ),
);
const readKey = (row: Row): ApiKey => v.parse(ApiKeyRow, row);

export function createApiKeyStore(database: Database): ApiKeyStore {
  return {
    async create({ owner, name, scopes, daily_budget_usd }) {
      const { key, id } = generateApiKey();
      const cap = daily_budget_usd === null ? null : Math.round(daily_budget_usd * 1_000_000);
      const [, , rows = []] = await database.transaction([
        // Two keys of one owner at once never pass the bound together.
        { text: "select pg_advisory_xact_lock(hashtextextended($1, 0))", params: [owner] },
        {
          text: "delete from api_keys where owner = $1 and revoked_at < now() - $2 * interval '1 day'",
          params: [owner, revokedDays],
        },
        // A request that is sent again, because its reply was lost, finds its own key by the id.
        {
          text: `
            insert into api_keys (id, owner, name, key_hash, scopes, daily_cap)
            select $2, $1, $3, decode($4, 'hex'), $5::text[], $6::bigint
            where (select count(*) from api_keys where owner = $1 and revoked_at is null) < $7
            on conflict (id) do update set name = excluded.name
            returning ${columns}`,
          params: [owner, id, name, hashOfApiKey(key).toString("hex"), scopes, cap, maxApiKeys],
        },
      ]);
      const [row] = rows;
      return row && { ...readKey(row), key };
    },

    async list(owner) {
      const rows = await database.query({
        text: `
          select ${columns} from api_keys
          where ($1::text is null or owner = $1) and revoked_at is null order by created_at desc, id`,
        params: [owner ?? null],
      });
      return rows.map(readKey);
    },

    async revoke({ owner, id }) {
      const rows = await database.query({
        text: `
          update api_keys set revoked_at = coalesce(revoked_at, now())
          where id = $2 and ($1::text is null or owner = $1) returning id`,
        params: [owner ?? null, id],
      });
      return rows.length === 1;
    },

    async deleteAll(owner) {
      await database.query({ text: "delete from api_keys where owner = $1", params: [owner] });
    },
  };
}
