import * as v from "valibot";
import { OwnerSettings, type OwnerSettingsUpdate } from "#lib/contract/settings.ts";
import type { Database, Row } from "#lib/platform/postgres.ts";

/** What each owner has set for all their conversations. Each call is one database request. */
export interface OwnerSettingsStore {
  get(owner: string): Promise<OwnerSettings>;
  /** Changes what is named, and returns all settings. */
  update(changes: { owner: string } & OwnerSettingsUpdate): Promise<OwnerSettings>;
}

export function createOwnerSettingsStore(database: Database): OwnerSettingsStore {
  return {
    async get(owner) {
      const text = "select instructions, prompts from owner_settings where owner = $1";
      return read(await database.query({ text, params: [owner] }));
    },

    async update({ owner, instructions, prompts }) {
      return read(
        await database.query({
          text: `
            insert into owner_settings (owner, instructions, prompts) values ($1, coalesce($2, ''), coalesce($3::json, '[]'))
            on conflict (owner) do update set
              instructions = case when $2::text is null then owner_settings.instructions else excluded.instructions end,
              prompts = case when $3::json is null then owner_settings.prompts else excluded.prompts end
            returning instructions, prompts`,
          params: [owner, instructions ?? null, prompts ? JSON.stringify(prompts) : null],
        }),
      );
    },
  };
}

/** An owner who has set nothing has no row. A row may be older than the columns. */
const StoredSettings = v.object({
  instructions: v.nullish(v.string(), ""),
  prompts: v.nullish(OwnerSettings.entries.prompts, []),
});

const read = ([row]: Row[]): OwnerSettings => v.parse(StoredSettings, row ?? {});
