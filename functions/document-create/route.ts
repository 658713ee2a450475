import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { DocumentCreate, type DocumentCreated } from "#lib/contract/document.ts";
import { objectKey } from "#lib/documents/document-store.ts";
import { refusedChange } from "#lib/documents/refused-change.ts";
import { requireDocuments } from "#lib/documents/require-documents.ts";
import { requireCaller, requireCredential } from "#lib/keys/require-caller.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseBody } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import type { DocumentObjects } from "#lib/platform/s3.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { CallerRouteDependencies, DocumentDependencies } from "../dependencies.ts";

type DocumentCreateDependencies = CallerRouteDependencies &
  DocumentDependencies<"create"> & { objects: Pick<DocumentObjects, "uploadForm"> };

/**
 * `POST /api/v1/documents`: adds a document, or a newer version of a document, and returns the form that uploads its file.
 * Returns no form if the same bytes are there already.
 */
export function createDocumentCreate(dependencies: DocumentCreateDependencies) {
  const { telemetry, publicOrigin, bucket, addressOf, settings } = dependencies;
  return defineRoute("document-create", telemetry)
    .use(requireCredential(dependencies))
    .use(refuseCrossSite(publicOrigin))
    .use(requireDocuments(settings))
    .use(parseBody(DocumentCreate))
    .use(sideBySide(requireCaller(dependencies, "documents:write"), limitRate(bucket, addressOf)))
    .handler(async ({ caller, body }) =>
      json(200, await addDocument(dependencies, { ...body, owner: caller.owner })),
    );
}

async function addDocument(
  { documents, objects, settings }: DocumentCreateDependencies,
  input: DocumentCreate & { owner: string },
): Promise<DocumentCreated> {
  if (input.bytes > settings.fileBytes) {
    const megabytes = Math.floor(settings.fileBytes / 1024 ** 2);
    throw new HttpProblem(
      "payload_too_large",
      413,
      `A document may have at most ${megabytes} MB. Send a smaller file.`,
      { field: "bytes" },
    );
  }
  const result = await documents.create(input);
  if (!("document" in result)) throw refusedChange(result.outcome);
  const { document } = result;
  if (result.outcome === "same") return { document, upload: null };
  const { url, fields, expiresAt } = await objects.uploadForm({
    key: objectKey(document.id, document.version_id),
    bytes: input.bytes,
    sha256: input.sha256,
    mediaType: input.media_type,
  });
  return { document, upload: { url, fields, expires_at: expiresAt.toISOString() } };
}
