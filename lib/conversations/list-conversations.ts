import type { ConversationPage } from "#lib/contract/conversation.ts";
import { decodeCursor, encodeCursor, type ListPosition } from "#lib/platform/list-cursor.ts";
import type { Database, Statement } from "#lib/platform/postgres.ts";
import { conversationColumns, readConversation } from "./conversation-row.ts";
import { readHits, searchConversations } from "./search-conversations.ts";

export interface ListInput {
  owner: string;
  search?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/**
 * Returns one page of an owner's conversations, newest first. With `search` the page has only conversations in which every
 * word occurs in the title, a message or an answer, in any case and with or without accents; each comes with an excerpt.
 * Returns undefined if the cursor is invalid.
 */
export async function listConversations(
  database: Database,
  { owner, search, cursor, limit }: ListInput,
): Promise<ConversationPage | undefined> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  if (cursor !== undefined && after === undefined) return undefined;
  // One row more than the page has shows whether there is a next page.
  const page = { owner, after, limit: limit + 1 };
  const rows = await database.query(
    search === undefined ? selectConversations(page) : searchConversations({ ...page, search }),
  );
  const conversations = rows.slice(0, limit).map((row) => {
    const conversation = readConversation(row);
    if (search === undefined) return conversation;
    return { ...conversation, ...readHits(row, conversation.title, search) };
  });
  const last = rows.length > limit ? conversations.at(-1) : undefined;
  return {
    conversations,
    next_cursor: last ? encodeCursor({ at: new Date(last.updated_at), id: last.id }) : null,
  };
}

function selectConversations(page: {
  owner: string;
  after: ListPosition | undefined;
  limit: number;
}): Statement {
  const { owner, after, limit } = page;
  return {
    text: `
      select ${conversationColumns} from conversations
      where owner = $1 and ($2::timestamptz is null or (updated_at, id) < ($2, $3::uuid))
      order by updated_at desc, id desc limit $4`,
    params: [owner, after?.at.toISOString(), after?.id, limit],
  };
}
