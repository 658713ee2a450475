import * as v from "valibot";
import { Scope } from "#lib/contract/api-key.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { isHashOf } from "./api-key.ts";

/** What a valid key stands for. */
export interface KeyHolder {
  keyId: string;
  owner: string;
  scopes: readonly Scope[];
}

/** Who holds which key. Apart from the store of keys, of which a route that only checks its caller needs nothing. */
export interface KeyHolders {
  /**
   * Returns whose key this is, or undefined if the key is unknown or revoked. One database request, and a second one
   * if it also notes the key's use, at most once an hour.
   */
  find(id: string, key: string): Promise<KeyHolder | undefined>;
}

const HolderRow = v.object({
  owner: v.string(),
  scopes: v.array(Scope),
  /** Hex. */
  key_hash: v.string(),
  is_use_due: v.boolean(),
});

export function createKeyHolders(database: Database): KeyHolders {
  return {
    async find(id, key) {
      const [row] = await database.query({
        text: `
          select owner, scopes, encode(key_hash, 'hex') as key_hash,
            coalesce(last_used_at < now() - interval '1 hour', true) as is_use_due
          from api_keys where id = $1 and revoked_at is null`,
        params: [id],
      });
      if (!row) return undefined;
      const { owner, scopes, key_hash, is_use_due } = v.parse(HolderRow, row);
      if (!isHashOf(Buffer.from(key_hash, "hex"), key)) return undefined;
      if (is_use_due) {
        await database.query({
          text: "update api_keys set last_used_at = now() where id = $1",
          params: [id],
        });
      }
      return { keyId: id, owner, scopes };
    },
  };
}
