import type * as v from "valibot";
import {
  type Document,
  type DocumentCreate,
  DocumentCreated,
  DocumentPage,
  type DocumentUpdate,
  DocumentWithParts,
  UpdatedDocument,
} from "#lib/contract/document.ts";
import { query } from "../api/query.ts";
import { requestJson, requestNoContent } from "../api/request.ts";

const path = "/api/v1/documents";
const documentPath = (id: string) => `${path}/${encodeURIComponent(id)}`;

// Each function calls one endpoint. It throws an `ApiProblem`, or the signal's reason if the caller aborts the signal.

/** Returns one page of the documents that the person may see, newest first. */
export async function listDocuments(
  options: { cursor?: string | undefined; q?: string | undefined; limit?: string },
  signal?: AbortSignal,
): Promise<DocumentPage> {
  return await requestJson(`${path}${query(options)}`, DocumentPage, withSignal(signal));
}

/** Returns a new document, with the form that uploads its file unless the same bytes are there already. */
export async function createDocument(
  body: v.InferInput<typeof DocumentCreate>,
  signal: AbortSignal,
): Promise<DocumentCreated> {
  return await requestJson(path, DocumentCreated, { method: "POST", body, signal });
}

/** Returns a document with one page of its parts. */
export async function getDocument(
  id: string,
  options: {
    versionId?: string | undefined;
    cursor?: string | undefined;
    around?: number | undefined;
  },
  signal?: AbortSignal,
): Promise<DocumentWithParts> {
  const { versionId, cursor, around } = options;
  const fields = { version_id: versionId, cursor, around: around?.toString() };
  return await requestJson(
    `${documentPath(id)}${query(fields)}`,
    DocumentWithParts,
    withSignal(signal),
  );
}

export async function updateDocument(
  id: string,
  changes: v.InferInput<typeof DocumentUpdate>,
): Promise<Document> {
  const options = { method: "PATCH", body: changes } as const;
  return (await requestJson(documentPath(id), UpdatedDocument, options)).document;
}

/** The browser completes this request even if the person leaves the page (`keepalive`). */
export async function deleteDocument(id: string): Promise<void> {
  await requestNoContent(documentPath(id), { method: "DELETE", keepalive: true });
}

const withSignal = (signal: AbortSignal | undefined) => (signal === undefined ? {} : { signal });
