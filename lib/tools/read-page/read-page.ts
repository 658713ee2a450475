import * as v from "valibot";
import { defineTool } from "#lib/tools/tool.ts";
import type { PageReader, ReaderOptions } from "./page-reader.ts";

const Input = v.strictObject({
  url: v.pipe(
    v.string(),
    v.regex(/\S/, "must not be blank"),
    v.maxLength(2_000, "must have at most 2000 characters"),
    v.description("The address, which begins with https:// or http://"),
  ),
  part: v.optional(
    v.pipe(
      v.number(),
      v.integer("must be a whole number"),
      v.minValue(1, "must be at least 1"),
      v.description("Which part of a long page; the first if left out"),
    ),
  ),
  find: v.optional(
    v.pipe(
      v.string(),
      v.maxLength(200, "must have at most 200 characters"),
      v.description("Words: returns the part that holds most of them, instead of the first"),
    ),
  ),
});

/** Returns the tool that reads a page of the web. Its work is loaded with the first page. */
export function createReadPage(options: ReaderOptions) {
  let reader: PageReader | undefined;
  return defineTool({
    name: "read_page",
    description:
      "Reads one public web page and returns its text as Markdown. A long page comes in parts. Cite the page by its number, like [1].",
    input: Input,
    effect: "external_read",
    resultText: "found",
    addressOf: (input) => (v.is(Input, input) ? input.url : undefined),
    hint: "Read a page before you state what it says.",
    async run(input, context) {
      const { createPageReader, readPart } = await import("./read-part.ts");
      reader ??= createPageReader(options);
      return readPart(reader, input, context);
    },
  });
}
