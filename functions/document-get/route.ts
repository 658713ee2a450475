import { DocumentPath, DocumentQuery, type DocumentWithParts } from "#lib/contract/document.ts";
import { objectKey } from "#lib/documents/document-store.ts";
import { documentNotFound } from "#lib/documents/refused-change.ts";
import { requireDocuments } from "#lib/documents/require-documents.ts";
import { requireCaller, requireCredential } from "#lib/keys/require-caller.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parsePath, parseQuery } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import type { DocumentObjects } from "#lib/platform/s3.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { CallerRouteDependencies, DocumentDependencies } from "../dependencies.ts";

type DocumentGetDependencies = CallerRouteDependencies &
  DocumentDependencies<"get"> & { objects: Pick<DocumentObjects, "fileUrl"> };

/** `GET /api/v1/documents/{id}`: returns a version of a document with one page of its text. */
export function createDocumentGet(dependencies: DocumentGetDependencies) {
  const { telemetry, bucket, addressOf, documents, objects, settings } = dependencies;
  return defineRoute("document-get", telemetry)
    .use(requireCredential(dependencies))
    .use(requireDocuments(settings))
    .use(parsePath(DocumentPath))
    .use(parseQuery(DocumentQuery))
    .use(sideBySide(requireCaller(dependencies, "documents:read"), limitRate(bucket, addressOf)))
    .handler(async ({ caller, params, query }) => {
      const { version_id: versionId, ...place } = query;
      const stored = await documents.get({ owner: caller.owner, ...params, versionId, ...place });
      if (!stored) throw documentNotFound();
      const { mediaType, ...rest } = stored;
      const { id, version_id, name, state } = rest.document;
      const response: DocumentWithParts = {
        ...rest,
        file_url:
          state === "uploading"
            ? null
            : await objects.fileUrl(objectKey(id, version_id), { name, mediaType }),
      };
      return json(200, response);
    });
}
