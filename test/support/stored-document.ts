import { randomUUID } from "node:crypto";
import type { ReceivedPassage } from "#lib/documents/citations/received-texts.ts";
import { indexWords } from "#lib/documents/search/index-statements.ts";
import type { Row } from "#lib/platform/postgres.ts";

type Sql = (text: string, params: unknown[]) => Promise<Row[]>;

interface NewDocument {
  owner: string;
  /** One for each chunk, one after another with an empty line between. */
  texts: string[];
  name?: string;
  scope?: "site" | "own";
  conversationId?: string;
  /** The document that this one replaces by a newer version. */
  replaces?: string;
}

export interface StoredDocument {
  id: string;
  versionId: string;
  chunks: { id: string; passage: ReceivedPassage }[];
}

/** Stores a document that was read, as an ingestion leaves it, without vectors. Each chunk is a page of its own. */
export async function storeDocument(sql: Sql, document: NewDocument): Promise<StoredDocument> {
  const { owner, texts, name = "Handbook.txt", scope = "own", conversationId } = document;
  const [id, versionId] = [document.replaces ?? randomUUID(), randomUUID()];
  if (document.replaces === undefined) {
    await sql("insert into documents (id, scope, owner, conversation_id) values ($1, $2, $3, $4)", [
      ...[id, scope, owner, conversationId],
    ]);
  }
  await sql(
    `insert into document_versions (
       id, document_id, number, owner, name, format, media_type, bytes, sha256, state, title, language, pages, chunks, ready_at)
     select $1, $2, 1 + count(*), $3, $4, 'text', 'text/plain', 1, sha256(random()::text::bytea), 'ready', $4, 'english', $5, $5, now()
     from document_versions where document_id = $2`,
    [versionId, id, owner, name, texts.length],
  );
  await sql("update documents set current_version = $2 where id = $1", [id, versionId]);
  const chunks: StoredDocument["chunks"] = [];
  let start = 0;
  for (const [ordinal, text] of texts.entries()) {
    const end = start + text.length;
    await sql(
      "insert into document_parts (version_id, number, kind, start, text) values ($1, $2, 'page', $3, $4)",
      [versionId, ordinal + 1, start, text],
    );
    const [row] = await sql(
      `insert into document_chunks (version_id, ordinal, text, heading_path, part, start_unit, end_unit)
       values ($1, $2, $3, '{}', $4, $5, $6) returning id`,
      [versionId, ordinal, text, ordinal + 1, start, end],
    );
    chunks.push({ id: String(row?.id), passage: { versionId, text, start, end } });
    start = end + 2;
  }
  const indexed = { versionId, chunks: texts.length, language: "english", title: name, name };
  for (const { text, params } of indexWords(indexed)) await sql(text, [...params]);
  return { id, versionId, chunks };
}
