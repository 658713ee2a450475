import { randomUUID } from "node:crypto";
import { indexVectors, indexWords } from "#lib/documents/search/index-statements.ts";
import type { Row, Statement } from "#lib/platform/postgres.ts";

/** A document as the search needs it. Every property but the chunks has a default. */
export interface IndexedDocument {
  chunks: readonly { text: string; headingPath?: readonly string[] }[];
  title?: string;
  name?: string;
  language?: string;
  scope?: "site" | "own";
  owner?: string;
  conversationId?: string;
  /** One for each chunk. */
  vectors?: readonly Float32Array[];
  modelId?: string;
}

/** Stores a document with one ready version as ingestion does, but without a file. Returns the ids. */
export async function indexDocument(
  run: (statement: Statement) => Promise<Row[]>,
  document: IndexedDocument,
): Promise<{ documentId: string; versionId: string }> {
  const { chunks, title, name = "file.txt", language = "english", owner = "someone" } = document;
  const { scope = "site", conversationId = null, vectors, modelId = "model" } = document;
  const documentId = randomUUID();
  const versionId = randomUUID();
  const texts = chunks.map(({ text }) => text);
  const paths = chunks.map(({ headingPath = [] }) => JSON.stringify(headingPath));
  await run({
    text: `
      with new_document as (
        insert into documents (id, scope, owner, conversation_id, current_version) values ($1, $3, $4, $5, $2)
      ), new_version as (
        insert into document_versions (
          id, document_id, number, owner, name, format, media_type, bytes, sha256, state, title, language, pages, chunks, ready_at)
        values ($2, $1, 1, $4, $11, 'text', 'text/plain', 1, sha256('x'), 'ready', $6, $7, 1, $8, now())
      ), new_part as (
        insert into document_parts (version_id, start, number, kind, text) values ($2, 0, 1, 'section', 'the text')
      )
      insert into document_chunks (version_id, ordinal, text, heading_path, part, start_unit, end_unit)
      select $2, place - 1, chunk, array(select json_array_elements_text(path::json)), 1, 0, length(chunk)
      from unnest($9::text[], $10::text[]) with ordinality as given (chunk, path, place)`,
    params: [
      ...[documentId, versionId, scope, owner, conversationId],
      ...[title ?? null, language, chunks.length, texts, paths, name],
    ],
  });
  const statements = [
    ...indexWords({ versionId, chunks: chunks.length, language, title, name }),
    ...(vectors ? indexVectors(versionId, modelId, vectors) : []),
  ];
  for (const statement of statements) await run(statement);
  return { documentId, versionId };
}
