import * as v from "valibot";
import type { ListedConversation } from "#lib/contract/conversation.ts";
import type { ListPosition } from "#lib/platform/list-cursor.ts";
import type { Row, Statement } from "#lib/platform/postgres.ts";
import { excerptOf, findWords } from "./excerpt.ts";
import { foldedText } from "./folded-text.ts";

interface SearchInput {
  owner: string;
  search: string;
  after: ListPosition | undefined;
  limit: number;
}

/**
 * Returns a statement that selects the conversations in which every word occurs: in the title, a message or an answer. Each
 * row comes with a passage for the excerpt, from the text that holds the most words that the title lacks. PostgreSQL
 * compares the folded texts that are stored with the turns of the shown branches, and reads only the owner's rows.
 */
export function searchConversations({ owner, search, after, limit }: SearchInput): Statement {
  // Walks along one conversation's branch, so that a search costs as much as the texts that it compares.
  const turnsOfBranch = "from turns_of_branch(found.head) shown join turns on turns.id = shown.id";
  return {
    text: `
      with query as materialized (
        select array(
          select distinct word from regexp_split_to_table(folded_text($5), '\\s+') word
          where word <> '') as words
      ), found as materialized (
        select found.id, head, title, created_at, updated_at, pinned_at is not null as pinned, archived,
          folded_text(title) as folded_title
        from conversations found, query, lateral (
          select folded_text(title) || E'\\x1f'
            || coalesce((select string_agg(searched_text(turns), E'\\x1f') ${turnsOfBranch}), '') as text
          offset 0                                     -- joined once for all words
        ) whole
        where owner = $1 and ($2::timestamptz is null or (updated_at, found.id) < ($2, $3::uuid))
          and words <> '{}'
          and not exists (select from unnest(words) word where strpos(whole.text, word) = 0)
        order by updated_at desc, found.id desc limit $4
      )
      select found.id, title, created_at, updated_at, pinned, archived, turn_id, passage, place as passage_start,
        place + length(passage) > length(original) as is_end
      from query, found, lateral (
        select * from (
          select null::uuid as turn_id, 0 as seq, 0 as part, title as original, folded_title as folded
          union all
          select turns.id, seq, part,
            case part when 1 then input else coalesce(result, '') end,
            split_part(searched_text(turns), E'\\x1f', part)
          from (select turns.* ${turnsOfBranch}) turns, generate_series(1, 2) part
        ) texts
        order by (
            select count(*) from unnest(words) word
            where strpos(folded, word) > 0 and strpos(folded_title, word) = 0) desc,
          (select count(*) from unnest(words) word where strpos(folded, word) > 0) desc, seq, part
        limit 1
      ) best, lateral passage_around(original, folded, (
        select word from unnest(words) word where strpos(folded, word) > 0
        order by strpos(folded, word) limit 1))
      order by updated_at desc, found.id desc`,
    params: [owner, after?.at.toISOString(), after?.id, limit, search],
  };
}

const SearchRow = v.object({
  turn_id: v.nullable(v.string()),
  passage: v.string(),
  passage_start: v.number(),
  is_end: v.boolean(),
});

/** Returns the marks in the title and the excerpt for one row of `searchConversations`. */
export function readHits(
  row: Row,
  title: string,
  search: string,
): Required<Pick<ListedConversation, "title_marks" | "excerpt">> {
  const { turn_id, passage, passage_start, is_end } = v.parse(SearchRow, row);
  const words = foldedText(search).split(/\s+/).filter(Boolean);
  const text = { text: passage, isStart: passage_start === 1, isEnd: is_end };
  return { title_marks: findWords(title, words), excerpt: { turn_id, ...excerptOf(text, words) } };
}
