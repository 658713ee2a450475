import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { DocumentRefusal } from "./document-store.ts";

/** The same for an unknown document and for somebody else's. */
export const documentNotFound = () =>
  new HttpProblem("not_found", 404, "Document not found, or not yours.");

/** Returns the problem that tells a client why its document is not created or changed. */
export function refusedChange(refusal: DocumentRefusal): HttpProblem {
  switch (refusal) {
    case "unknown":
      return documentNotFound();
    case "unknown_conversation":
      return new HttpProblem("not_found", 404, "Conversation not found, or not yours.");
    case "not_yours":
      return new HttpProblem(
        "forbidden",
        403,
        "Only the person who has added a document to the site can take it back.",
      );
    case "attached":
      return new HttpProblem(
        "bad_request",
        400,
        'conversation_id is possible only with the scope "own".',
        { field: "conversation_id" },
      );
    case "format":
      return new HttpProblem(
        "bad_request",
        400,
        "name must keep the ending of the file's format.",
        {
          field: "name",
        },
      );
    case "count":
      return new HttpProblem(
        "document_quota",
        409,
        "The maximum number of documents is reached. Delete some, then try again.",
      );
    case "bytes":
      return new HttpProblem(
        "document_quota",
        409,
        "The storage for documents is full. Delete some documents, then try again.",
      );
  }
}
