import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { DocumentPath } from "#lib/contract/document.ts";
import { finishDeletion } from "#lib/documents/finish-deletion.ts";
import { documentNotFound } from "#lib/documents/refused-change.ts";
import { requireDocuments } from "#lib/documents/require-documents.ts";
import { requireCaller, requireCredential } from "#lib/keys/require-caller.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { noContent } from "#lib/platform/http/http-response.ts";
import { parsePath } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import type { DocumentObjects } from "#lib/platform/s3.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { CallerRouteDependencies, DocumentDependencies } from "../dependencies.ts";

type DocumentDeleteDependencies = CallerRouteDependencies &
  DocumentDependencies<"beginDeletion" | "deleteRows"> & {
    objects: Pick<DocumentObjects, "remove">;
  };

/** Leaves enough of the function's 15 s for one more request and the response. */
const deletionMs = 8_000;

/** `DELETE /api/v1/documents/{id}`: deletes a document with its files, its text and what the search keeps of it. */
export function createDocumentDelete(dependencies: DocumentDeleteDependencies) {
  const { telemetry, publicOrigin, bucket, addressOf, settings } = dependencies;
  return defineRoute("document-delete", telemetry)
    .use(requireCredential(dependencies))
    .use(refuseCrossSite(publicOrigin))
    .use(requireDocuments(settings))
    .use(parsePath(DocumentPath))
    .use(sideBySide(requireCaller(dependencies, "documents:write"), limitRate(bucket, addressOf)))
    .handler(async ({ caller, params }) => {
      await deleteDocument(dependencies, { owner: caller.owner, id: params.id });
      return noContent();
    });
}

/** From the tombstone on, the document is deleted for everybody. What is left then is the work of the daily sweep. */
async function deleteDocument(
  dependencies: DocumentDeleteDependencies,
  { owner, id }: { owner: string; id: string },
): Promise<void> {
  const { documents, telemetry } = dependencies;
  const versionIds = await documents.beginDeletion({ owner, id });
  if (versionIds === undefined) throw documentNotFound();
  const endsAtMs = performance.now() + deletionMs;
  try {
    const isComplete = await finishDeletion(
      dependencies,
      { id, versionIds },
      () => performance.now() < endsAtMs,
    );
    if (!isComplete) telemetry.info("document.deletion_continues");
  } catch (error) {
    telemetry.error("document.deletion_continues", error);
  }
}
