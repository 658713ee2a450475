import type pg from "pg";

/** Makes the turns of a conversation one branch, in the order in which the rows were inserted. */
export async function chainTurns(database: pg.Client, conversationId: string): Promise<void> {
  await database.query(
    `with chain as (
       select id, lag(id) over (order by seq) as parent from turns where conversation_id = $1
     )
     update turns set parent = chain.parent from chain where turns.id = chain.id`,
    [conversationId],
  );
  await database.query(
    `update conversations set head = (
       select id from turns where conversation_id = $1 order by seq desc limit 1
     ) where id = $1`,
    [conversationId],
  );
}
