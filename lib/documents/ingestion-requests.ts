/** The statements that store what an ingestion has read, joined to requests of bounded size. */
import type { Statement } from "#lib/platform/postgres.ts";
import type { ChunkedDocument } from "./chunking/chunk-document.ts";
import { indexVectors, indexWords, unindex } from "./search/index-statements.ts";
import { chunkRows, partRows, storable } from "./stored-parts.ts";

export interface Vectors {
  modelId: string;
  vectors: Float32Array[];
}

interface ReadVersion {
  versionId: string;
  name: string;
  /** More than one: an earlier ingestion may have stored a part of the text. */
  tries: number;
}

/** Returns the requests that store the text of a version with what the search keeps of it. */
export function documentRequests(
  { versionId, name, tries }: ReadVersion,
  document: ChunkedDocument,
  vectors: Vectors | undefined,
): Statement[][] {
  const { chunks, language, title } = document;
  const indexed = {
    ...{ versionId, name, language, chunks: chunks.length },
    title: title === undefined ? undefined : storable(title),
  };
  return requestsOf([
    ...(tries > 1 ? deleteText(versionId).map((statement) => ({ statement, share: 1 })) : []),
    ...insertRows(versionId, document),
    ...indexWords(indexed).map((statement) => ({ statement, share: shareOf(chunks.length, 500) })),
    ...(vectors ? vectorStatements(versionId, vectors) : []),
  ]);
}

/** Returns the requests that store the vectors of a version's chunks. */
export const vectorRequests = (versionId: string, vectors: Vectors): Statement[][] =>
  requestsOf(vectorStatements(versionId, vectors));

/** Returns the statements that delete what an earlier ingestion has stored before it crashed. */
export const deleteText = (versionId: string): Statement[] => [
  unindex(versionId),
  { text: "delete from document_chunks where version_id = $1", params: [versionId] },
  { text: "delete from document_parts where version_id = $1", params: [versionId] },
];

/** Rows in one statement: their text as JSON inside JSON takes a multiple of this at worst, and a request may have 10 MiB. */
const bytesPerStatement = 1_000_000;

function insertRows(
  versionId: string,
  { parts, chunks }: Pick<ChunkedDocument, "parts" | "chunks">,
): SizedStatement[] {
  return [
    ...inBlocks(partRows(parts)).map((json) =>
      sized({
        text: `
          insert into document_parts (version_id, number, kind, label, start, text)
          select $1, number, kind, label, start, text
          from json_to_recordset($2::json) as rows (number integer, kind text, label text, start integer, text text)`,
        params: [versionId, json],
      }),
    ),
    ...inBlocks(chunkRows(chunks)).map((json) =>
      sized({
        text: `
          insert into document_chunks (version_id, ordinal, text, heading_path, part, start_unit, end_unit)
          select $1, ordinal, text, array(select json_array_elements_text(heading_path)), part, start_unit, end_unit
          from json_to_recordset($2::json) as rows (
            ordinal integer, text text, heading_path json, part integer, start_unit integer, end_unit integer)`,
        params: [versionId, json],
      }),
    ),
  ];
}

/** Returns the rows as JSON arrays of bounded size. */
function inBlocks(rows: readonly object[]): string[] {
  const blocks: string[][] = [[]];
  let bytes = 0;
  for (const row of rows) {
    const json = JSON.stringify(row);
    const size = Buffer.byteLength(json);
    if (bytes + size > bytesPerStatement && bytes > 0) {
      blocks.push([]);
      bytes = 0;
    }
    blocks.at(-1)?.push(json);
    bytes += size;
  }
  return blocks.filter((block) => block.length > 0).map((block) => `[${block.join()}]`);
}

const vectorStatements = (versionId: string, { modelId, vectors }: Vectors): SizedStatement[] =>
  indexVectors(versionId, modelId, vectors).map((statement) => ({
    statement,
    share: shareOf(vectors.length, 100),
  }));

interface SizedStatement {
  statement: Statement;
  /** The share of a request that the statement takes. */
  share: number;
}

/** A statement with so much text. */
const sized = (statement: Statement): SizedStatement => ({
  statement,
  share: Buffer.byteLength(String(statement.params[1])) / bytesPerStatement,
});

/** 500 chunks are one statement and a second of the database's time. 100 vectors are one, and with an index up to two seconds. */
const shareOf = (rows: number, mostRows: number) => Math.min(1, rows / mostRows);

/** 5 MB at most, and four seconds of the database's time. */
const mostOfRequest = 2.5;

/** Joins statements, in order, to requests. */
function requestsOf(statements: readonly SizedStatement[]): Statement[][] {
  const requests: Statement[][] = [[]];
  let taken = 0;
  for (const { statement, share } of statements) {
    if (taken + share > mostOfRequest && taken > 0) {
      requests.push([]);
      taken = 0;
    }
    requests.at(-1)?.push(statement);
    taken += share;
  }
  return requests;
}
