import * as v from "valibot";
import { documentFormats } from "#lib/contract/document.ts";
import { type Database, type Row, SqlError, type Statement } from "#lib/platform/postgres.ts";
import type { ChunkedDocument } from "./chunking/chunk-document.ts";
import {
  deleteText,
  documentRequests,
  type Vectors,
  vectorRequests,
} from "./ingestion-requests.ts";
import { unindex } from "./search/index-statements.ts";
import { storable } from "./stored-parts.ts";

/** The most that a period may cost, in whole microdollars. */
export interface IngestionCaps {
  ownerDay: number;
  siteDay: number;
  siteMonth: number;
}

const Scope = v.picklist(["owner/day", "site/day", "site/month"]);
type Scope = v.InferOutput<typeof Scope>;

const Ingestion = v.object({
  documentId: v.string(),
  versionId: v.string(),
  /** The fence: a later ingestion has a higher number. */
  ingest: v.number(),
  /** How many ingestions have begun, this one included, since one has ended. */
  tries: v.number(),
  state: v.picklist(["uploading", "reading", "ready"]),
  name: v.string(),
  format: v.picklist(Object.values(documentFormats)),
  bytes: v.number(),
  sha256: v.string(),
});
export type Ingestion = v.InferOutput<typeof Ingestion>;

const Begun = v.variant("outcome", [
  v.object({ outcome: v.literal("gone"), versions: v.array(v.string()) }),
  v.object({ outcome: v.literal("done") }),
  v.object({ outcome: v.picklist(["read", "embed", "exhausted"]), ...Ingestion.entries }),
  v.object({ outcome: v.literal("refused"), refusedBy: Scope, ...Ingestion.entries }),
]);

/** What the steps of an ingestion have cost, in whole microdollars. */
export interface IngestionCost {
  time: number;
  embeddings: number;
  tokens: number;
}

interface BeginInput {
  versionId: string;
  /** The document of S3's object key. */
  documentId?: string | undefined;
  /** Whether S3 says that it has the file. */
  isUploaded: boolean;
  modelId: string | undefined;
  worstTimeCost: number;
}

/** Throws `Superseded` if a deletion or a later ingestion came first. */
export interface IngestionStore {
  begin(input: BeginInput): Promise<v.InferOutput<typeof Begun>>;
  /** Reserves the money of the vectors. Returns the budget that cannot cover it. */
  reserveEmbeddings(ingestion: Ingestion, worst: number): Promise<Scope | undefined>;
  /** Stores what was read and makes the version ready, in as few requests as its size allows. Nobody sees a part of it before. */
  store(
    ingestion: Ingestion,
    read: { document: ChunkedDocument; vectors: Vectors | undefined; cost: () => IngestionCost },
  ): Promise<void>;
  /** Stores vectors of another model for a version that is ready. */
  storeVectors(ingestion: Ingestion, vectors: Vectors, cost: () => IngestionCost): Promise<void>;
  fail(ingestion: Ingestion, problem: string, cost: IngestionCost): Promise<void>;
  /** Books what an ingestion has cost that does not end, because it failed through no fault of the document. */
  book(ingestion: Ingestion, cost: IngestionCost): Promise<void>;
  /** Deletes a version whose file was never uploaded, and its document if that has no other version. */
  deleteUpload(ingestion: Ingestion): Promise<void>;
  /** Returns the texts of all chunks of a version, in order. */
  readChunks(versionId: string): Promise<string[]>;
  /** Removes the versions of a document from the search that a newer one has replaced. */
  unindexReplaced(documentId: string): Promise<void>;
}

/** A deletion or a later ingestion of the same version came first. */
export class Superseded extends Error {
  override readonly name = "Superseded";
}

const chunksPerRead = 2_000;

/** Ingestions of one version without an end, before the version fails: two events of S3 or the sweep, each repeated twice. */
const maxTries = 6;

export function createIngestionStore(
  given: Database,
  { caps }: { caps: IngestionCaps },
): IngestionStore {
  const database = { transaction: (statements: Statement[]) => orSuperseded(given, statements) };
  const jsonCaps = JSON.stringify({
    owner_day: caps.ownerDay,
    site_day: caps.siteDay,
    site_month: caps.siteMonth,
  });

  return {
    async begin({ versionId, documentId, isUploaded, modelId, worstTimeCost }) {
      const [row] = await given.query({
        text: "select begin_ingestion($1, $2, $3, $4, $5, $6, $7::jsonb) as begun",
        params: [
          documentId ?? null,
          versionId,
          isUploaded,
          modelId ?? null,
          maxTries,
          worstTimeCost,
          jsonCaps,
        ],
      });
      return v.parse(Begun, row?.begun);
    },

    async reserveEmbeddings(ingestion, worst) {
      const rows = await database.transaction([
        assertIngestion(ingestion),
        {
          text: "select refused_by from reserve_ingestion($1, $2, $3, $4::jsonb)",
          params: [ingestion.versionId, embeddingStep(ingestion), worst, jsonCaps],
        },
      ]);
      const refusedBy = rows[1]?.[0]?.refused_by;
      return refusedBy === null ? undefined : v.parse(Scope, refusedBy);
    },

    async store(ingestion, { document, vectors, cost }) {
      const requests = documentRequests(ingestion, document, vectors);
      for (const statements of requests.slice(0, -1)) {
        await database.transaction([assertIngestion(ingestion), ...statements]);
      }
      await database.transaction([
        assertIngestion(ingestion),
        ...(requests.at(-1) ?? []),
        ...makeReady(ingestion, document, vectors?.modelId),
        ...bookCost(ingestion, cost()),
      ]);
    },

    async storeVectors(ingestion, vectors, cost) {
      const requests = vectorRequests(ingestion.versionId, vectors);
      for (const statements of requests) {
        await database.transaction([assertIngestion(ingestion), ...statements]);
      }
      await database.transaction([
        assertIngestion(ingestion),
        {
          text: "update document_versions set embedding_model = $2, is_indexed = true where id = $1",
          params: [ingestion.versionId, vectors.modelId],
        },
        ...bookCost(ingestion, cost()),
      ]);
    },

    async fail(ingestion, problem, cost) {
      await database.transaction([
        assertIngestion(ingestion),
        ...deleteText(ingestion.versionId),
        {
          text: "update document_versions set state = 'failed', problem = $2, tries = 0 where id = $1",
          params: [ingestion.versionId, storable(problem)],
        },
        ...bookCost(ingestion, cost),
      ]);
    },

    async book(ingestion, cost) {
      await given.transaction(bookCost(ingestion, cost));
    },

    async deleteUpload(ingestion) {
      const { documentId, versionId } = ingestion;
      await database.transaction([
        assertIngestion(ingestion),
        { text: "delete from document_versions where id = $1", params: [versionId] },
        {
          text: `
            delete from documents
            where id = $1 and not exists (select from document_versions where document_id = $1)`,
          params: [documentId],
        },
      ]);
    },

    async readChunks(versionId) {
      const texts: string[] = [];
      for (;;) {
        const rows = await given.query({
          text: `
            select text from document_chunks
            where version_id = $1 and ordinal >= $2 order by ordinal limit $3`,
          params: [versionId, texts.length, chunksPerRead],
        });
        texts.push(...rows.map(({ text }) => String(text)));
        if (rows.length < chunksPerRead) return texts;
      }
    },

    async unindexReplaced(documentId) {
      const rows = await given.query({
        text: `
          select document_versions.id from document_versions join documents on documents.id = document_id
          where document_id = $1 and is_indexed and document_versions.id is distinct from current_version`,
        params: [documentId],
      });
      for (const { id } of rows) {
        await given.transaction([
          unindex(String(id)),
          { text: "update document_versions set is_indexed = false where id = $1", params: [id] },
        ]);
      }
    },
  };
}

async function orSuperseded(database: Database, statements: Statement[]): Promise<Row[][]> {
  try {
    return await database.transaction(statements);
  } catch (error) {
    if (error instanceof SqlError && error.code === anotherCameFirst) throw new Superseded();
    throw error;
  }
}

/** The SQLSTATE that the SQL function `assert_ingestion` raises. */
const anotherCameFirst = "TL002";

const assertIngestion = ({ versionId, ingest }: Ingestion): Statement => ({
  text: "select assert_ingestion($1, $2)",
  params: [versionId, ingest],
});

/** The numbers under which an ingestion's steps are booked. */
const timeStep = ({ ingest }: Ingestion) => 2 * ingest - 1;
const embeddingStep = ({ ingest }: Ingestion) => 2 * ingest;

/** Comes last in a transaction: it takes the lock of the money. */
function bookCost(ingestion: Ingestion, { time, embeddings, tokens }: IngestionCost): Statement[] {
  const text = "select book_ingestion($1, $2, $3, $4::json)";
  const { versionId } = ingestion;
  const steps: Statement[] = [{ text, params: [versionId, timeStep(ingestion), time, null] }];
  if (tokens > 0) {
    const usage = JSON.stringify({ input_tokens: tokens });
    steps.push({ text, params: [versionId, embeddingStep(ingestion), embeddings, usage] });
  }
  return steps;
}

function makeReady(
  { documentId, versionId }: Ingestion,
  { parts, chunks, language, title, notes }: ChunkedDocument,
  modelId: string | undefined,
): Statement[] {
  return [
    {
      text: `
        update document_versions set
          state = 'ready', ready_at = now(), problem = null, tries = 0, is_indexed = true, language = $2, title = $3, notes = $4,
          pages = $5, chunks = $6, embedding_model = $7
        where id = $1`,
      params: [
        versionId,
        language,
        title === undefined ? null : storable(title),
        notes.map(storable),
        parts.length,
        chunks.length,
        modelId ?? null,
      ],
    },
    {
      // An older version that becomes ready later does not take the place of a newer one.
      text: `
        update documents set current_version = $2
        where id = $1 and (select number from document_versions where id = $2) > coalesce(
          (select number from document_versions where id = current_version), 0)`,
      params: [documentId, versionId],
    },
  ];
}
