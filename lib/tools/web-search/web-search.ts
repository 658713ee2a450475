import * as v from "valibot";
import { defineTool } from "#lib/tools/tool.ts";
import type { WebSearchParts } from "./search-web.ts";

/** Days, because both searches understand them. */
const day = v.pipe(
  v.string(),
  v.regex(/^\d{4}-\d{2}-\d{2}$/, "must be a day like 2026-11-10"),
  v.check(
    (text) => new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) ?? false,
    "must be a day of the calendar",
  ),
);

const Input = v.strictObject({
  query: v.pipe(
    v.string(),
    v.regex(/\S/, "must not be blank"),
    v.maxLength(200, "must have at most 200 characters"),
    v.description("Names and key words, as for a search engine"),
  ),
  max_results: v.optional(
    v.pipe(
      v.number(),
      v.integer("must be a whole number"),
      v.minValue(1),
      v.maxValue(10),
      v.description("5 if left out"),
    ),
  ),
  domains: v.optional(
    v.pipe(
      v.array(v.pipe(v.string(), v.regex(/^[a-z\d-]+(\.[a-z\d-]+)+$/i, "must be a domain"))),
      v.maxLength(20),
      v.description("Only results of these sites, such as docs.aws.amazon.com"),
    ),
  ),
  published_after: v.optional(v.pipe(day, v.description("Only newer results, such as 2026-11-10"))),
  published_before: v.optional(day),
});

/** Returns the tool that searches the web. Its work is loaded with the first search. */
export function createWebSearch(parts: WebSearchParts) {
  let search: Promise<ReturnType<typeof import("./run-search.ts").createSearch>> | undefined;
  return defineTool({
    name: "web_search",
    description:
      "Searches the web. Returns numbered results, each with title, address, date and an excerpt. Cite a result by its number, like [1].",
    input: Input,
    effect: "external_read",
    resultText: "found",
    hint: "Search the web for anything recent, and for facts that you do not know for certain.",
    async run({ query, max_results = 5, domains = [], ...dates }, context) {
      search ??= import("./run-search.ts").then(({ createSearch }) => createSearch(parts));
      const published = {
        publishedAfter: dates.published_after,
        publishedBefore: dates.published_before,
      };
      return (await search)({ query, maxResults: max_results, domains, ...published }, context);
    },
  });
}
