import * as v from "valibot";
import { PartKind } from "#lib/contract/part-kind.ts";
import { holdsEachWord } from "#lib/platform/holds-each-word.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { storableText } from "#lib/platform/storable-text.ts";
import type { Passage } from "./search/search-passages.ts";

/** Whose turn reads, and in which conversation. */
export interface Reader {
  owner: string;
  conversationId: string;
}

/** The documents that the turns of a conversation may read, in their newest versions. Each call is one database request. */
export interface DocumentCatalogue {
  /** Returns the newest documents whose name or title holds each word, and how many there are. */
  list(
    input: Reader & { words?: string | undefined; limit: number },
  ): Promise<{ total: number; documents: CataloguedDocument[] }>;
  /**
   * Returns passages of one part of a document, in their order. Undefined: the reader sees no such document. Without passages the
   * document has no such part, or the part has no such passage.
   * @param from counts the passages of the part from 1
   */
  readPart(
    input: Reader & { documentId: string; part: number; from: number; limit: number },
  ): Promise<DocumentPart | undefined>;
}

const Catalogued = v.object({
  id: v.string(),
  title: v.string(),
  name: v.string(),
  parts: v.number(),
  scope: v.picklist(["site", "own"]),
  conversation_id: v.nullable(v.string()),
  ready_at: v.string(),
});
type CataloguedDocument = v.InferOutput<typeof Catalogued>;

type ReadPassage = Omit<Passage, "score">;

interface DocumentPart {
  title: string;
  /** How many parts the document has. */
  parts: number;
  /** How many passages the part has. */
  total: number;
  passages: ReadPassage[];
}

export const createDocumentCatalogue = (database: Pick<Database, "query">): DocumentCatalogue => ({
  async list({ owner, conversationId, words = "", limit }) {
    const rows = await database.query({
      text: `
        select version.document_id as id, coalesce(version.title, version.name) as title, version.name,
          version.pages as parts, documents.scope, documents.conversation_id,
          to_char(version.ready_at at time zone 'UTC', 'YYYY-MM-DD') as ready_at, count(*) over () as total
        from searchable_versions($1, $2) as version join documents on documents.id = version.document_id
        where ${holdsEachWord("concat_ws(' ', version.name, version.title)", "$3")}
        order by version.ready_at desc, version.id limit $4`,
      params: [owner, conversationId, storableText(words).trim(), limit],
    });
    const documents = rows.map((row) => v.parse(Catalogued, row));
    return { total: Number(rows[0]?.total ?? 0), documents };
  },

  async readPart({ owner, conversationId, documentId, part, from, limit }) {
    const [row] = await database.query({
      text: selectPart,
      params: [owner, conversationId, documentId, part, from - 1, limit],
    });
    return row && v.parse(StoredPart, row);
  },
});

/** A chunk may begin in an earlier part, or end in a later one. Both parts have it. */
const selectPart = `
  with version as (
    select * from searchable_versions($1, $2) where document_id = $3
  ), part as (
    select number, min(kind) as kind, min(label) as label, min(start) as start
    from document_parts where version_id = (select id from version) group by number
  ), shown as (
    select *, (select min(start) from part as later where later.number > part.number) as next_start
    from part where number = $4
  ), found as (
    select document_chunks.*, count(*) over () as total
    from shown join document_chunks on document_chunks.version_id = (select id from version)
      and start_unit < coalesce(next_start, 2147483647) and end_unit > shown.start
    order by ordinal
  )
  select coalesce(version.title, version.name) as title, (select count(*)::int from part) as parts,
    coalesce((select max(total)::int from found), 0) as total,
    coalesce((
      select json_agg(json_build_object(
        'chunkId', page.id::text, 'documentId', version.document_id, 'versionId', version.id,
        'title', coalesce(version.title, version.name), 'name', version.name,
        'partKind', kind, 'part', shown.number, 'partLabel', label, 'headingPath', heading_path,
        'start', start_unit, 'end', end_unit, 'text', text) order by ordinal)
      from (select * from found order by ordinal offset $5 limit $6) as page cross join shown
    ), '[]') as passages
  from version`;

const StoredPart = v.object({
  title: v.string(),
  parts: v.number(),
  total: v.number(),
  passages: v.array(
    v.object({
      chunkId: v.string(),
      documentId: v.string(),
      versionId: v.string(),
      title: v.string(),
      name: v.string(),
      partKind: PartKind,
      part: v.number(),
      partLabel: v.pipe(
        v.nullable(v.string()),
        v.transform((label) => label ?? undefined),
      ),
      headingPath: v.array(v.string()),
      start: v.number(),
      end: v.number(),
      text: v.string(),
    }),
  ),
});
