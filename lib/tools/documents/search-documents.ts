import * as v from "valibot";
import { defineTool } from "#lib/tools/tool.ts";
import { documentId } from "./document-input.ts";
import type { Library } from "./library.ts";

/** The price of one call is that of so many units: lib/budget/tool-price.ts. */
const maxQuestionLength = 500;

const Input = v.strictObject({
  question: v.pipe(
    v.string(),
    v.regex(/\S/, "must not be blank"),
    v.maxLength(maxQuestionLength, `must have at most ${maxQuestionLength} characters`),
    v.description("The whole question in the words and the language of the documents"),
  ),
  document_id: v.optional(
    v.pipe(documentId, v.description("Only in this document; in all of them if left out")),
  ),
});

/** Returns the tool that finds passages of the team's documents. */
export const createSearchDocuments = (load: () => Promise<Library>) =>
  defineTool({
    name: "search_documents",
    description:
      "Searches the team's documents, such as handbooks, contracts and reports. Returns numbered passages, each with its document, place and text. Quote a passage and cite its number, like [1].",
    input: Input,
    effect: "none",
    resultText: "found",
    hint: "search the team's documents for every question about the team, its rules, products or papers, before you answer. Search again with other words if the passages do not answer it.",
    run: async ({ question, document_id }, context) =>
      (await load()).search({ question, documentId: document_id }, context),
  });
