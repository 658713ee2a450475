import { DocumentListQuery, type DocumentPage, documentFormats } from "#lib/contract/document.ts";
import { requireDocuments } from "#lib/documents/require-documents.ts";
import { requireCaller, requireCredential } from "#lib/keys/require-caller.ts";
import { defineRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import { json } from "#lib/platform/http/http-response.ts";
import { parseQuery } from "#lib/platform/http/parse-request.ts";
import { sideBySide } from "#lib/platform/http/side-by-side.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { CallerRouteDependencies, DocumentDependencies } from "../dependencies.ts";

type DocumentListDependencies = CallerRouteDependencies & DocumentDependencies<"list">;

/** `GET /api/v1/documents`: returns one page of the documents that the owner sees, newest first, and what still fits. */
export function createDocumentList(dependencies: DocumentListDependencies) {
  const { telemetry, bucket, addressOf, documents, settings } = dependencies;
  return defineRoute("document-list", telemetry)
    .use(requireCredential(dependencies))
    .use(requireDocuments(settings))
    .use(parseQuery(DocumentListQuery))
    .use(sideBySide(requireCaller(dependencies, "documents:read"), limitRate(bucket, addressOf)))
    .handler(async ({ caller, query }) => {
      const { q: search, conversation_id: conversationId, ...position } = query;
      const input = { owner: caller.owner, search, conversationId, ...position };
      const listing = await documents.list(input);
      if (!listing) {
        throw new HttpProblem(
          "bad_request",
          400,
          "cursor must be the next_cursor of another page.",
          { field: "cursor" },
        );
      }
      const page: DocumentPage = {
        ...listing.page,
        limits: {
          file_bytes: settings.fileBytes,
          formats: Object.keys(documentFormats).map((ending) => `.${ending}`),
          own: { ...settings.owner, ...listing.usage.own },
          site: { ...settings.site, ...listing.usage.site },
        },
      };
      return json(200, page);
    });
}
