import { type ConversationPage, maxPinned } from "#lib/contract/conversation.ts";
import { decodeCursor, encodeCursor, type ListPosition } from "#lib/platform/list-cursor.ts";
import type { Database, Statement } from "#lib/platform/postgres.ts";
import { conversationColumns, readConversation } from "./conversation-row.ts";
import { readHits, searchConversations } from "./search-conversations.ts";

export interface ListInput {
  owner: string;
  search?: string | undefined;
  /** Lists the archived conversations instead of the others. A search finds both. */
  archived?: boolean | undefined;
  cursor?: string | undefined;
  limit: number;
}

/**
 * Returns one page of an owner's conversations, newest first, and with the first page those that are pinned. With `search` the
 * page has only conversations in which every word occurs in the title, a message or an answer, in any case and with or without
 * accents; each comes with an excerpt. Returns undefined if the cursor is invalid.
 */
export async function listConversations(
  database: Database,
  { owner, search, archived = false, cursor, limit }: ListInput,
): Promise<ConversationPage | undefined> {
  const after = cursor === undefined ? undefined : decodeCursor(cursor);
  if (cursor !== undefined && after === undefined) return undefined;
  // One row more than the page has shows whether there is a next page.
  const page = { owner, after, limit: limit + 1 };
  const hasPinned = search === undefined && !archived && after === undefined;
  const [rows = [], pinned = []] = await database.transaction([
    search === undefined
      ? selectConversations({ ...page, archived })
      : searchConversations({ ...page, search }),
    ...(hasPinned ? [selectPinned(owner)] : []),
  ]);
  const conversations = rows.slice(0, limit).map((row) => {
    const conversation = readConversation(row);
    if (search === undefined) return conversation;
    return { ...conversation, ...readHits(row, conversation.title, search) };
  });
  const last = rows.length > limit ? conversations.at(-1) : undefined;
  return {
    pinned: pinned.map(readConversation),
    conversations,
    next_cursor: last ? encodeCursor({ at: new Date(last.updated_at), id: last.id }) : null,
  };
}

function selectConversations(page: {
  owner: string;
  archived: boolean;
  after: ListPosition | undefined;
  limit: number;
}): Statement {
  const { owner, archived, after, limit } = page;
  return {
    text: `
      select ${conversationColumns} from conversations
      where owner = $1 and archived = $2 and pinned_at is null
        and ($3::timestamptz is null or (updated_at, id) < ($3, $4::uuid))
      order by updated_at desc, id desc limit $5`,
    params: [owner, archived, after?.at.toISOString(), after?.id, limit],
  };
}

const selectPinned = (owner: string): Statement => ({
  text: `
    select ${conversationColumns} from conversations
    where owner = $1 and pinned_at is not null order by pinned_at desc, id limit $2`,
  params: [owner, maxPinned],
});
