import { createHash } from "node:crypto";
import type { DocumentObjects } from "#lib/platform/s3.ts";
import type { RequestTelemetry } from "#lib/platform/telemetry.ts";
import type { ChunkedDocument } from "./chunking/chunk-document.ts";
import { type DocumentStore, objectKey } from "./document-store.ts";
import { EmbeddingFailure, type Embeddings } from "./embeddings/embeddings.ts";
import { finishDeletion } from "./finish-deletion.ts";
import type { Vectors } from "./ingestion-requests.ts";
import {
  type Ingestion,
  type IngestionCost,
  type IngestionStore,
  Superseded,
} from "./ingestion-store.ts";
import { DocumentFault, type DocumentFile } from "./reading/document-file.ts";

export interface IngestDependencies {
  ingestions: IngestionStore;
  documents: Pick<DocumentStore, "deleteRows">;
  objects: Pick<DocumentObjects, "read" | "remove">;
  /** Throws a DocumentFault if the file cannot be read. */
  readDocument: (file: DocumentFile, signal: AbortSignal) => Promise<ChunkedDocument>;
  /** Undefined: the search compares words only. */
  embeddings: Embeddings | undefined;
  price: {
    ofTime(milliseconds: number): number;
    ofTokens(tokens: number): number;
    worstOfBytes(bytes: number): number;
  };
  telemetry: RequestTelemetry;
}

/** A version to read. Only an event of S3 knows the document, and that the file has arrived. */
export interface IngestInput {
  versionId: string;
  documentId?: string | undefined;
  isUploaded: boolean;
}

interface Invocation {
  signal: AbortSignal;
  remainingMs: () => number;
}

/** Runs of the function for one event: the first, and two that Lambda repeats. */
const runsOfOneEvent = 3;

/** What a person reads of a version that failed through no fault of its file. */
const sentences = {
  missing: "The file is missing. Upload it again.",
  differs: "The file differs from the one that was announced. Upload it again.",
  crashed: "The file could not be read: reading it ended several times without a result.",
  budgets: {
    "owner/day": "Your budget for today is used up. Read the document again tomorrow.",
    "site/day": "The site’s budget for today is used up. Read the document again tomorrow.",
    "site/month":
      "The site’s budget for this month is used up. Read the document again next month.",
  },
} as const;

/**
 * Reads an uploaded file and makes it searchable. Any event may come twice, late or out of order: the database decides what
 * is left to do, and refuses the writes of an ingestion that a later one or a deletion has overtaken.
 *
 * A fault of the file ends in the state `failed` with a sentence for people. Any other failure is thrown, so that Lambda runs
 * the event again; after that the daily sweep does.
 */
export async function ingestDocument(
  dependencies: IngestDependencies,
  input: IngestInput,
  invocation: Invocation,
): Promise<void> {
  const startedAtMs = performance.now();
  const { ingestions, embeddings, price, telemetry } = dependencies;
  const begun = await ingestions.begin({
    ...input,
    modelId: embeddings?.modelId,
    worstTimeCost: price.ofTime(invocation.remainingMs()),
  });
  if (begun.outcome === "gone")
    return removeLeftovers(dependencies, input, begun.versions, invocation);
  if (begun.outcome === "done") return;

  let tokens = 0;
  const cost = (): IngestionCost => ({
    time: price.ofTime(performance.now() - startedAtMs),
    embeddings: price.ofTokens(tokens),
    tokens,
  });
  const run: Run = {
    ...dependencies,
    ingestion: begun,
    signal: invocation.signal,
    cost,
    countTokens: (more) => {
      tokens += more;
    },
  };
  try {
    if (begun.outcome === "refused") throw new DocumentFault(sentences.budgets[begun.refusedBy]);
    if (begun.outcome === "exhausted") throw new DocumentFault(sentences.crashed);
    await (begun.outcome === "embed" ? embedAnew(run) : readFile(run));
  } catch (error) {
    if (error instanceof DocumentFault) return await storeFault(run, error);
    await ingestions.book(begun, cost()).catch(() => {});
    if (!(error instanceof Superseded)) throw error;
    telemetry.info("document.superseded", idsOf(begun));
  }
}

interface Run extends IngestDependencies {
  ingestion: Ingestion;
  signal: AbortSignal;
  cost: () => IngestionCost;
  countTokens: (tokens: number) => void;
}

const idsOf = ({ documentId, versionId }: Ingestion) => ({
  document_id: documentId,
  version_id: versionId,
});

/** @throws DocumentFault, Superseded, or a failure of ours */
async function readFile(run: Run): Promise<void> {
  const { ingestion, ingestions, objects, readDocument, signal, cost, telemetry } = run;
  const { documentId, versionId, name, format } = ingestion;
  const bytes = await objects.read(objectKey(documentId, versionId), signal);
  if (bytes === undefined) {
    if (ingestion.state !== "uploading") throw new DocumentFault(sentences.missing);
    await ingestions.deleteUpload(ingestion);
    telemetry.info("document.never_uploaded", idsOf(ingestion));
    return;
  }
  if (!isAnnounced(bytes, ingestion)) throw new DocumentFault(sentences.differs);
  const document = await readDocument({ bytes, name, format }, signal);
  const vectors = await embed(
    run,
    document.chunks.map(({ text }) => text),
  );
  await ingestions.store(ingestion, { document, vectors, cost });
  telemetry.info("document.ready", {
    ...idsOf(ingestion),
    format,
    bytes: bytes.length,
    parts: document.parts.length,
    chunks: document.chunks.length,
    has_vectors: vectors !== undefined,
  });
  // The new version is in use. If this fails, the daily sweep does it.
  await ingestions.unindexReplaced(documentId).catch((error) => {
    telemetry.error("document.replaced_version_stays_indexed", error, idsOf(ingestion));
  });
}

const isAnnounced = (bytes: Uint8Array, announced: Ingestion) =>
  bytes.length === announced.bytes &&
  createHash("sha256").update(bytes).digest("hex") === announced.sha256;

/** Vectors of another model take the place of the old ones. The document stays searchable meanwhile. */
async function embedAnew(run: Run): Promise<void> {
  const { ingestion, ingestions, cost } = run;
  try {
    const vectors = await embed(run, await ingestions.readChunks(ingestion.versionId));
    if (vectors) await ingestions.storeVectors(ingestion, vectors, cost);
  } catch (error) {
    // No fault of the document: the next sweep tries again.
    if (!(error instanceof DocumentFault)) throw error;
    await ingestions.book(ingestion, cost());
  }
}

/**
 * Returns the vectors of the texts. Returns undefined if there is no embedding model, or if it fails in the last run of this
 * event: a document without vectors is found by its words, and the daily sweep adds the vectors.
 * @throws DocumentFault if a budget cannot cover them
 */
async function embed(run: Run, texts: readonly string[]): Promise<Vectors | undefined> {
  const { ingestion, ingestions, embeddings, price, signal, countTokens, telemetry } = run;
  if (embeddings === undefined) return undefined;
  const { modelId } = embeddings;
  if (texts.length === 0) return { modelId, vectors: [] };
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const refusedBy = await ingestions.reserveEmbeddings(ingestion, price.worstOfBytes(bytes));
  if (refusedBy !== undefined) throw new DocumentFault(sentences.budgets[refusedBy]);
  try {
    const { vectors, tokens } = await embeddings.embed(texts, signal);
    countTokens(tokens);
    return { modelId, vectors };
  } catch (error) {
    if (!(error instanceof EmbeddingFailure)) throw error;
    countTokens(error.tokens);
    if (ingestion.state === "ready" || ingestion.tries < runsOfOneEvent) throw error;
    telemetry.error("document.without_vectors", error, idsOf(ingestion));
    return undefined;
  }
}

async function storeFault(run: Run, fault: DocumentFault): Promise<void> {
  const { ingestion, ingestions, cost, telemetry } = run;
  telemetry.warn("document.failed", {
    ...idsOf(ingestion),
    format: ingestion.format,
    bytes: ingestion.bytes,
    // Never the sentence: it may name a part of the document.
    cause: fault.cause instanceof Error ? fault.cause.name : undefined,
  });
  try {
    await ingestions.fail(ingestion, fault.message, cost());
  } catch (error) {
    if (!(error instanceof Superseded)) throw error;
  }
}

/** The document is deleted, or was never created: its file goes, and what a deletion has left of it. */
async function removeLeftovers(
  dependencies: IngestDependencies,
  { documentId, versionId }: IngestInput,
  versionIds: readonly string[],
  { remainingMs }: Invocation,
): Promise<void> {
  const { objects, telemetry } = dependencies;
  if (documentId === undefined) return;
  await objects.remove(objectKey(documentId, versionId));
  telemetry.info("document.gone", { document_id: documentId, version_id: versionId });
  if (versionIds.length === 0) return;
  await finishDeletion(dependencies, { id: documentId, versionIds }, () => remainingMs() > 10_000);
}
