interface Tables {
  query(text: string, params?: unknown[]): Promise<{ rows: Record<string, unknown>[] }>;
}

/** Counts what the database holds of a document: rows, passages, and what the search keeps of them. */
export async function documentRows(
  database: Tables,
  documentId: string,
): Promise<Record<string, number>> {
  const of = "version_id in (select id from document_versions where document_id = $1)";
  const ofIndex = `version in (select number from indexed_versions where ${of})`;
  const { rows } = await database.query(
    `select
      (select count(*)::int from documents where id = $1) as documents,
      (select count(*)::int from document_versions where document_id = $1) as versions,
      (select count(*)::int from document_parts where ${of}) as parts,
      (select count(*)::int from document_chunks where ${of}) as chunks,
      (select count(*)::int from document_postings where ${ofIndex}) as postings,
      (select count(*)::int from document_vectors where ${ofIndex}) as vectors`,
    [documentId],
  );
  return (rows[0] ?? {}) as Record<string, number>;
}

/** Counts all rows of all documents: what is left when the last document is deleted. */
export async function allDocumentRows(database: Tables): Promise<number> {
  const tables = [
    ...["documents", "document_versions", "document_parts", "document_chunks"],
    ...["indexed_versions", "document_postings", "document_vectors"],
  ];
  const counts = tables.map((table) => `(select count(*)::int from ${table})`);
  const { rows } = await database.query(`select ${counts.join(" + ")} as rows`);
  return Number(rows[0]?.rows);
}

export const noRows = { documents: 0, versions: 0, parts: 0, chunks: 0, postings: 0, vectors: 0 };
