import * as v from "valibot";
import { PartKind } from "#lib/contract/part-kind.ts";
import type { Embeddings } from "#lib/documents/embeddings/embeddings.ts";
import type { Database } from "#lib/platform/postgres.ts";
import { storableText } from "#lib/platform/storable-text.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { vectorText } from "./vector-text.ts";

/** A part of a document that fits a question. */
export interface Passage {
  chunkId: string;
  documentId: string;
  versionId: string;
  /** The file's name if the document gives itself no title. */
  title: string;
  name: string;
  partKind: PartKind;
  /** Counts from 1. */
  part: number;
  partLabel?: string | undefined;
  headingPath: string[];
  /** Where the passage stands in the document's text, in UTF-16 units. */
  start: number;
  end: number;
  text: string;
  /** Higher is better. Scores of two searches cannot be compared. */
  score: number;
}

export interface PassageQuestion {
  owner: string;
  conversationId: string;
  question: string;
  /** Searches this document only. */
  documentId?: string | undefined;
  /** The most passages to return. */
  limit: number;
  signal: AbortSignal;
}

export interface PassageSearch {
  /**
   * Returns the passages that fit a question best, the best first, out of the documents that the owner may see in the
   * conversation. Takes one request to the model and one to the database. Without the model, words alone decide.
   * @throws DatabaseUnavailable, SqlError, or the signal's reason
   */
  search(question: PassageQuestion): Promise<Passage[]>;
}

interface PassageSearchParts {
  database: Pick<Database, "query">;
  /** Undefined: words alone decide. */
  embeddings: Embeddings | undefined;
  telemetry: Pick<Telemetry, "error" | "measure">;
}

/** A longer question is cut. */
const maxQuestionLength = 5_000;
/** A model that is slower is not waited for. */
const maxEmbeddingMs = 3_000;

export function createPassageSearch(parts: PassageSearchParts): PassageSearch {
  const { database, embeddings, telemetry } = parts;

  /** Never fails because of the model. */
  async function embed(question: string, signal: AbortSignal) {
    if (!embeddings) return undefined;
    try {
      const limited = AbortSignal.any([signal, AbortSignal.timeout(maxEmbeddingMs)]);
      const { vectors } = await embeddings.embed([question], limited);
      return vectors[0];
    } catch (error) {
      signal.throwIfAborted();
      telemetry.error("question.not_embedded", error, { model_id: embeddings.modelId });
      telemetry.measure("QuestionsNotEmbedded", 1);
      return undefined;
    }
  }

  return {
    async search({ owner, conversationId, question, documentId, limit, signal }) {
      const asked = storableText(question.slice(0, maxQuestionLength)).trim();
      if (asked === "") return [];
      const vector = await embed(asked, signal);
      const rows = await database.query({
        text: `select * from search_documents(
          owner => $1, conversation => $2, question => $3, embedding => $4::real[], model => $5,
          document => $6, passages => $7)`,
        params: [
          ...[owner, conversationId, asked],
          vector ? `{${vectorText(vector)}}` : null,
          embeddings?.modelId ?? null,
          ...[documentId ?? null, limit],
        ],
      });
      return rows.map(toPassage);
    },
  };
}

const PassageRow = v.object({
  chunk_id: v.pipe(v.union([v.string(), v.number()]), v.transform(String)),
  document_id: v.string(),
  version_id: v.string(),
  title: v.nullable(v.string()),
  name: v.string(),
  part_kind: PartKind,
  part: v.number(),
  part_label: v.nullable(v.string()),
  heading_path: v.array(v.string()),
  start_unit: v.number(),
  end_unit: v.number(),
  text: v.string(),
  score: v.number(),
});

function toPassage(row: unknown): Passage {
  const { part_label, ...read } = v.parse(PassageRow, row);
  return {
    chunkId: read.chunk_id,
    documentId: read.document_id,
    versionId: read.version_id,
    title: read.title ?? read.name,
    name: read.name,
    partKind: read.part_kind,
    part: read.part,
    ...(part_label !== null && { partLabel: part_label }),
    headingPath: read.heading_path,
    start: read.start_unit,
    end: read.end_unit,
    text: read.text,
    score: read.score,
  };
}
