import { randomUUID } from "node:crypto";
import * as v from "valibot";
import {
  Document,
  type DocumentCreate,
  type DocumentPage,
  type DocumentUpdate,
  DocumentWithParts,
  documentFormatOf,
} from "#lib/contract/document.ts";
import { holdsEachWord } from "#lib/platform/holds-each-word.ts";
import { decodeCursor, encodeCursor } from "#lib/platform/list-cursor.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { rfc3339 } from "#lib/platform/rfc3339.ts";

/** What an owner may keep for themselves, and what all owners together may keep for everyone. */
export interface DocumentQuotas {
  own: Quota;
  site: Quota;
}

interface Quota {
  bytes: number;
  count: number;
}

/** Why a change is refused. `unknown`: the owner sees no such document. `bytes`, `count`: the quota that is full. */
const Refusal = v.picklist([
  "unknown",
  "unknown_conversation",
  "not_yours",
  "attached",
  "format",
  "bytes",
  "count",
]);
export type DocumentRefusal = v.InferOutput<typeof Refusal>;
const Refused = v.object({ outcome: Refusal });

/** `same`: the scope has these bytes already, and S3 has verified them. */
const CreateResult = v.union([
  v.object({ outcome: v.picklist(["created", "same"]), document: Document }),
  Refused,
]);
type CreateResult = v.InferOutput<typeof CreateResult>;

/** `reads`: a failed version has to be read again. */
const UpdateResult = v.union([
  v.object({ outcome: v.literal("changed"), reads: v.boolean(), document: Document }),
  Refused,
]);
type UpdateResult = v.InferOutput<typeof UpdateResult>;

type StoredDocument = Omit<DocumentWithParts, "file_url"> & { mediaType: string };

/** The documents of all owners, for routes. Each call is one database request. */
export interface DocumentStore {
  create(input: DocumentCreate & { owner: string }): Promise<CreateResult>;
  /** Returns a page, newest first, or undefined if the cursor is invalid. */
  list(
    input: ListInput,
  ): Promise<{ page: Omit<DocumentPage, "limits">; usage: DocumentUsage } | undefined>;
  /** Returns a version with a page of its text: by default the version that is searched, else the newest one. */
  get(input: GetInput): Promise<StoredDocument | undefined>;
  update(input: DocumentUpdate & { owner: string; id: string }): Promise<UpdateResult>;
  /** Hides a document from everybody. Returns its versions, whose objects go next. Undefined: the owner sees no such document. */
  beginDeletion(input: { owner: string; id: string }): Promise<string[] | undefined>;
  /**
   * Hides all own documents of an owner from everybody. Returns the deleted documents of the owner whose objects and rows are left,
   * also those from before.
   */
  beginDeletionOfOwn(owner: string): Promise<{ id: string; versionIds: string[] }[]>;
  /**
   * Deletes the rows of a deleted document, whose objects are deleted: as many as one request can. Returns whether all are
   * deleted.
   */
  deleteRows(id: string): Promise<boolean>;
}

interface ListInput {
  owner: string;
  cursor?: string | undefined;
  limit: number;
  search?: string | undefined;
  conversationId?: string | undefined;
}

interface GetInput {
  owner: string;
  id: string;
  versionId?: string | undefined;
  cursor?: number | undefined;
  around?: number | undefined;
}

const Usage = v.object({ bytes_used: v.number(), count_used: v.number() });
const Usages = v.object({ own: Usage, site: Usage });
export type DocumentUsage = v.InferOutput<typeof Usages>;

/** The key of a version's object in the bucket. */
export const objectKey = (documentId: string, versionId: string) =>
  `documents/${documentId}/${versionId}`;

/** As in a transcript: a buffered Lambda response has at most 6 MB, and a control character takes seven bytes of it. */
const maxPageBytes = 768 * 1024;

/** Few enough to be deleted well within the 4 s of a request, with all that the search keeps of them. */
const chunksOfOneDeletion = 500;

export function createDocumentStore(database: Database, quotas: DocumentQuotas): DocumentStore {
  const caps = JSON.stringify(quotas);
  return {
    async create(input) {
      const [row] = await database.query({
        text: `
          select create_document(
            $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, decode($11, 'hex'), $12::jsonb) as result`,
        params: [
          randomUUID(),
          randomUUID(),
          input.owner,
          input.scope,
          input.conversation_id ?? null,
          input.replaces ?? null,
          input.name,
          documentFormatOf(input.name),
          input.media_type,
          input.bytes,
          input.sha256,
          caps,
        ],
      });
      return v.parse(CreateResult, row?.result);
    },

    async list({ owner, cursor, limit, search, conversationId }) {
      const after = cursor === undefined ? undefined : decodeCursor(cursor);
      if (cursor !== undefined && after === undefined) return undefined;
      const [rows = [], [usage] = []] = await database.transaction([
        {
          text: `
            select document_json(documents, version, $1) as document
            from documents cross join lateral newest_version(documents) as version
            where owner_sees(documents, $1)
              and ($2::timestamptz is null or (documents.created_at, documents.id) < ($2, $3::uuid))
              and ($4::uuid is null or documents.conversation_id = $4)
              and ${holdsEachWord("concat_ws(' ', version.name, version.title)", "$5")}
            order by documents.created_at desc, documents.id desc limit $6`,
          // One row more than the page has shows whether there is a next page.
          params: [
            owner,
            after?.at.toISOString(),
            after?.id,
            conversationId,
            search ?? "",
            limit + 1,
          ],
        },
        {
          text: `
            select (select row_to_json(own) from document_usage($1) as own) as own,
              (select row_to_json(site) from document_usage(null) as site) as site`,
          params: [owner],
        },
      ]);
      const documents = rows.slice(0, limit).map(({ document }) => v.parse(Document, document));
      const last = rows.length > limit ? documents.at(-1) : undefined;
      const next = last && encodeCursor({ at: new Date(last.created_at), id: last.id });
      return { page: { documents, next_cursor: next ?? null }, usage: v.parse(Usages, usage) };
    },

    async get({ owner, id, versionId, cursor, around }) {
      const [row] = await database.query({
        text: selectVersionWithParts,
        params: [owner, id, versionId, cursor, around, maxPageBytes],
      });
      if (row === undefined) return undefined;
      const { media_type: mediaType, next_start, previous_start, ...stored } = v.parse(Stored, row);
      return {
        ...stored,
        mediaType,
        next_cursor: next_start === null ? null : String(next_start),
        previous_cursor: previous_start === null ? null : String(previous_start),
      };
    },

    async update({ owner, id, name, scope, conversation_id, retry }) {
      const [row] = await database.query({
        text: "select update_document($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb) as result",
        params: [
          id,
          owner,
          name ?? null,
          name === undefined ? null : documentFormatOf(name),
          scope ?? null,
          conversation_id !== undefined,
          conversation_id ?? null,
          retry ?? false,
          caps,
        ],
      });
      return v.parse(UpdateResult, row?.result);
    },

    async beginDeletion({ owner, id }) {
      const [row] = await database.query({
        text: `
          update documents set deleted_at = now() where id = $2 and owner_sees(documents, $1)
          returning (
            select json_agg(document_versions.id) from document_versions where document_id = documents.id
          ) as versions`,
        params: [owner, id],
      });
      return row && v.parse(v.array(v.string()), row.versions);
    },

    async beginDeletionOfOwn(owner) {
      const rows = await database.query({
        text: `
          update documents set deleted_at = coalesce(deleted_at, now()) where scope = 'own' and owner = $1
          returning id, array(select document_versions.id::text from document_versions where document_id = documents.id)
            as "versionIds"`,
        params: [owner],
      });
      return v.parse(LeftDocuments, rows);
    },

    async deleteRows(id) {
      const [row] = await database.query({
        text: "select delete_document_rows($1, $2) as is_complete",
        params: [id, chunksOfOneDeletion],
      });
      return row?.is_complete === true;
    },
  };
}

const LeftDocuments = v.array(v.object({ id: v.string(), versionIds: v.array(v.string()) }));

const Stored = v.object({
  document: Document,
  media_type: v.string(),
  versions: DocumentWithParts.entries.versions,
  parts: DocumentWithParts.entries.parts,
  next_start: v.nullable(v.number()),
  previous_start: v.nullable(v.number()),
});

/** $1 the owner, $2 the document, $3 a version, $4 the first row's start, $5 a place in the text, $6 the bytes of a page. */
const selectVersionWithParts = `
  with shown as (
    select documents, version, version.id as version_id, version.media_type, version.state
    from documents join document_versions as version on version.document_id = documents.id
    where documents.id = $2 and owner_sees(documents, $1)
      and version.id = coalesce($3, documents.current_version, (newest_version(documents)).id)
  ), sizes as (
    select start, octet_length(text) as bytes, lag(start) over (order by start) as before
    from document_parts join shown using (version_id)
    -- While a file is being read, some of its parts may be stored.
    where state = 'ready'
  ), page as (
    select case
      when $4::integer is not null then (select max(start) from sizes where start <= $4)
      -- The row before shows what comes before the place.
      when $5::integer is not null then
        (select coalesce(before, start) from sizes where start <= $5 order by start desc limit 1)
      else (select min(start) from sizes)
    end as first
  ), later as (
    select start, sum(bytes) over walk as bytes, row_number() over walk as position
    from sizes, page where start >= first window walk as (order by start)
  ), earlier as (
    select start, sum(bytes) over walk as bytes, row_number() over walk as position
    from sizes, page where start < first window walk as (order by start desc)
  ), limits as (
    select
      (select min(start) from later where bytes > $6 and position > 1) as next_start,
      (select min(start) from earlier where bytes <= $6 or position = 1) as previous_start
  )
  select document_json(documents, version, $1) as document, media_type, next_start, previous_start,
    (select json_agg(json_build_object(
        'version_id', id, 'version', number, 'state', state, 'bytes', bytes, 'pages', pages,
        'created_at', ${rfc3339("created_at")}) order by number desc)
      from document_versions where document_id = $2) as versions,
    (select coalesce(json_agg(json_build_object(
        'number', number, 'kind', kind, 'label', label, 'start', document_parts.start, 'text', text)
        order by document_parts.start), '[]')
      from document_parts, page
      where document_parts.version_id = shown.version_id and document_parts.start >= first
        and (next_start is null or document_parts.start < next_start)) as parts
  from shown, limits`;
