import pg from "pg";
import type { Twin } from "#local/twin.ts";

/** Stores conversations of the owner of this one, because all that a test starts through the page are of today. */
export async function addConversations(
  twin: Twin,
  conversationId: string,
  added: { title: string; ageDays: number }[],
): Promise<void> {
  const owner = new pg.Client({ connectionString: twin.parts.postgres.ownerUrl("app") });
  await owner.connect();
  await owner.query(
    `insert into conversations (id, owner, title, updated_at)
     select gen_random_uuid(), owner, added.title, now() - added.age_days * interval '1 day'
     from conversations, unnest($2::text[], $3::float[]) as added(title, age_days) where id = $1`,
    [conversationId, added.map(({ title }) => title), added.map(({ ageDays }) => ageDays)],
  );
  await owner.end();
}
