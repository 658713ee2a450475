import { refuseCrossSite } from "#lib/auth/refuse-cross-site.ts";
import { type Document, DocumentPath, DocumentUpdate } from "#lib/contract/document.ts";
import { refusedChange } from "#lib/documents/refused-change.ts";
import { requireDocuments } from "#lib/documents/require-documents.ts";
import type { VersionEvent } from "#lib/documents/version-event.ts";
import { requireCaller, requireCredential } from "#lib/keys/require-caller.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseBody, parsePath } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { CallerRouteDependencies, DocumentDependencies } from "../dependencies.ts";

type DocumentUpdateDependencies = CallerRouteDependencies &
  DocumentDependencies<"update"> & { sendIngestion: (event: VersionEvent) => Promise<void> };

/** `PATCH /api/v1/documents/{id}`: renames, shares, attaches or detaches a document, or has a failed version read again. */
export function createDocumentUpdate(dependencies: DocumentUpdateDependencies) {
  const { telemetry, publicOrigin, bucket, addressOf, documents, settings } = dependencies;
  return defineRoute("document-update", telemetry)
    .use(requireCredential(dependencies))
    .use(refuseCrossSite(publicOrigin))
    .use(requireDocuments(settings))
    .use(parsePath(DocumentPath))
    .use(parseBody(DocumentUpdate))
    .use(sideBySide(requireCaller(dependencies, "documents:write"), limitRate(bucket, addressOf)))
    .handler(async ({ caller, params, body }) => {
      const result = await documents.update({ owner: caller.owner, ...params, ...body });
      if (!("document" in result)) throw refusedChange(result.outcome);
      if (result.reads) await readAgain(dependencies, result.document);
      return json(200, { document: result.document });
    });
}

async function readAgain(
  { sendIngestion }: Pick<DocumentUpdateDependencies, "sendIngestion">,
  { version_id }: Document,
): Promise<void> {
  try {
    await sendIngestion({ version_id });
  } catch (cause) {
    throw new HttpProblem(
      "service_unavailable",
      503,
      "The document is not being read yet. Send the same request again.",
      { retryAfterSeconds: 5, cause },
    );
  }
}
