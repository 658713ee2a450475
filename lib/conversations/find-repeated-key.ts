import * as v from "valibot";
import type { Database } from "#lib/platform/postgres.ts";

/** Longer than the longest answer, and than a client of OpenAI waits for it. */
const keptMinutes = 10;

export type FindRepeatedKey = (owner: string, prefix: string) => Promise<string | undefined>;

/** Returns the owner's newest idempotency key with this prefix, if its message was accepted a short time ago. */
export const createFindRepeatedKey =
  (database: Database): FindRepeatedKey =>
  async (owner, prefix) => {
    const [row] = await database.query({
      text: `
        select idem_key from turns
        where owner = $1 and created_at > now() - make_interval(mins => $3) and starts_with(idem_key, $2)
        order by created_at desc limit 1`,
      params: [owner, prefix, keptMinutes],
    });
    return row && v.parse(v.string(), row.idem_key);
  };
