/** The statements that store what an ingestion has read, joined to requests of bounded size. */
import type { Statement } from "#lib/platform/postgres.ts";
import type { ChunkedDocument } from "./chunking/chunk-document.ts";
import {
  chunksPerStatement,
  indexVectors,
  indexWords,
  unindex,
  vectorsPerStatement,
} from "./search/index-statements.ts";
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
    ...indexWords(indexed).map((statement) => ({
      statement,
      share: shareOf(chunks.length, chunksPerStatement),
    })),
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
  const json = rows.map((row) => JSON.stringify(row));
  return grouped(json, Buffer.byteLength, bytesPerStatement).map((block) => `[${block.join()}]`);
}

const vectorStatements = (versionId: string, { modelId, vectors }: Vectors): SizedStatement[] =>
  indexVectors(versionId, modelId, vectors).map((statement) => ({
    statement,
    share: shareOf(vectors.length, vectorsPerStatement),
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

/** A full statement of chunks takes a second of the database's time, and a full one of vectors up to two with an index. */
const shareOf = (rows: number, mostRows: number) => Math.min(1, rows / mostRows);

/** 5 MB at most, and four seconds of the database's time. */
const mostOfRequest = 2.5;

/** Joins statements, in order, to requests. */
const requestsOf = (statements: readonly SizedStatement[]): Statement[][] =>
  grouped(statements, ({ share }) => share, mostOfRequest).map((group) =>
    group.map(({ statement }) => statement),
  );

/** Returns the items in groups of at most this size, in order. An item that is larger is a group of its own. */
function grouped<Item>(
  items: readonly Item[],
  sizeOf: (item: Item) => number,
  most: number,
): Item[][] {
  const groups: Item[][] = [];
  let taken = 0;
  for (const item of items) {
    const size = sizeOf(item);
    const last = groups.at(-1);
    if (last && taken + size <= most) {
      last.push(item);
      taken += size;
    } else {
      groups.push([item]);
      taken = size;
    }
  }
  return groups;
}
