import { randomUUID } from "node:crypto";
import type { ReceivedPassage } from "#lib/documents/citations/received-texts.ts";
import { indexVectors, indexWords } from "#lib/documents/search/index-statements.ts";
import type { Row, Statement } from "#lib/platform/postgres.ts";

interface Chunk {
  text: string;
  headingPath?: readonly string[];
}

/** Every property but the chunks has a default. */
export interface NewDocument {
  /** Each is a part of its own. The parts stand one after another with an empty line between. */
  chunks: readonly (string | Chunk)[];
  partKind?: "page" | "section";
  title?: string;
  name?: string;
  language?: string;
  scope?: "site" | "own";
  owner?: string;
  conversationId?: string;
  /** The document that this one replaces by a newer version. */
  replaces?: string;
  /** One for each chunk. */
  vectors?: readonly Float32Array[];
  modelId?: string;
}

export interface StoredDocument {
  id: string;
  versionId: string;
  chunks: { id: string; passage: ReceivedPassage }[];
}

/** Stores a document with one more ready version as ingestion does, but without a file. */
export async function storeDocument(
  run: (statement: Statement) => Promise<Row[]>,
  document: NewDocument,
): Promise<StoredDocument> {
  const { name = "Handbook.txt", title, language = "english", partKind = "page" } = document;
  const { scope = "own", owner = "someone", conversationId = null } = document;
  const { replaces: id = randomUUID(), vectors, modelId = "model" } = document;
  const versionId = randomUUID();
  const chunks = document.chunks.map((chunk) =>
    typeof chunk === "string" ? { text: chunk } : chunk,
  );
  let start = 0;
  const passages = chunks.map(({ text }): ReceivedPassage => {
    const passage = { versionId, text, start, end: start + text.length };
    start = passage.end + 2;
    return passage;
  });
  const rows = await run({
    text: `
      with given as (
        select place::int, text, array(select json_array_elements_text(path::json)) as path, start_unit, end_unit
        from unnest($9::text[], $10::text[], $11::int[], $12::int[])
          with ordinality as given (text, path, start_unit, end_unit, place)
      ), new_document as (
        insert into documents (id, scope, owner, conversation_id, current_version) values ($1, $3, $4, $5, $2)
        on conflict (id) do update set current_version = excluded.current_version
      ), new_version as (
        insert into document_versions (
          id, document_id, number, owner, name, format, media_type, bytes, sha256, state, title, language, pages, chunks, ready_at)
        select $2, $1, 1 + count(*), $4, $6, 'text', 'text/plain', 1, sha256(random()::text::bytea), 'ready', $7, $8,
          cardinality($9::text[]), cardinality($9::text[]), now()
        from document_versions where document_id = $1
      ), new_parts as (
        insert into document_parts (version_id, number, kind, start, text)
        select $2, place, $13, start_unit, text from given
      )
      insert into document_chunks (version_id, ordinal, text, heading_path, part, start_unit, end_unit)
      select $2, place - 1, text, path, place, start_unit, end_unit from given
      returning ordinal, id`,
    params: [
      ...[id, versionId, scope, owner, conversationId, name, title ?? null, language],
      chunks.map(({ text }) => text),
      chunks.map(({ headingPath = [] }: Chunk) => JSON.stringify(headingPath)),
      ...[passages.map((passage) => passage.start), passages.map((passage) => passage.end)],
      partKind,
    ],
  });
  const indexed = { versionId, chunks: chunks.length, language, title, name };
  const statements = [
    ...indexWords(indexed),
    ...(vectors ? indexVectors(versionId, modelId, vectors) : []),
  ];
  for (const statement of statements) await run(statement);
  const idOf = new Map(rows.map((row) => [Number(row.ordinal), String(row.id)]));
  return {
    ...{ id, versionId },
    chunks: passages.map((passage, ordinal) => ({ id: idOf.get(ordinal) ?? "", passage })),
  };
}
