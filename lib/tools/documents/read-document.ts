import * as v from "valibot";
import { defineTool } from "#lib/tools/tool.ts";
import { count, documentId } from "./document-input.ts";
import type { Library } from "./library.ts";

const Input = v.strictObject({
  document_id: v.pipe(documentId, v.description("From search_documents or list_documents")),
  part: v.optional(
    v.pipe(count, v.description("The page, slide, sheet or section; the first if left out")),
  ),
  from: v.optional(
    v.pipe(count, v.description("The first passage of a long part; passage 1 if left out")),
  ),
});

/** Returns the tool that reads a document from passage to passage. */
export const createReadDocument = (load: () => Promise<Library>) =>
  defineTool({
    name: "read_document",
    description:
      "Reads one part of a document of the team: a page, a slide, a sheet or a section. Returns its passages in order, numbered like those of a search.",
    input: Input,
    effect: "none",
    resultText: "found",
    hint: "read on where a passage of search_documents breaks off, or when a question is about a whole page or document.",
    run: async ({ document_id, part = 1, from = 1 }, context) =>
      (await load()).read({ documentId: document_id, part, from }, context),
  });
