import * as v from "valibot";
import { defineTool } from "#lib/tools/tool.ts";
import type { Library } from "./library.ts";

const Input = v.strictObject({
  words: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(100, "must have at most 100 characters"),
      v.description("Words that a name or title must hold; without them the newest documents"),
    ),
  ),
});

/** Returns the tool that lists the team's documents. */
export const createListDocuments = (load: () => Promise<Library>) =>
  defineTool({
    name: "list_documents",
    description: "Lists the team's documents that you can search and read, the newest first.",
    input: Input,
    effect: "none",
    resultText: "found",
    hint: "list documents when the person asks which there are, or names one.",
    run: async ({ words }, context) => (await load()).list({ words }, context),
  });
