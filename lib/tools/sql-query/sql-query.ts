import * as v from "valibot";
import { defineTool } from "#lib/tools/tool.ts";
import type { AnswerParts } from "./answer-query.ts";
import { describeSchema } from "./describe-schema.ts";

/** Returns the tool that answers questions by SQL over the views of one schema. */
export function createSqlQuery(parts: AnswerParts) {
  return defineTool({
    name: "sql_query",
    description: [
      "Queries the analytics database with one SELECT of PostgreSQL and returns the rows; the person sees them as a table, and as a plot if you name one.",
      "Only these views can be read. At most 500 rows come back, so aggregate in SQL. Quote figures only from a result.",
      describeSchema(parts.schema),
    ].join("\n"),
    hint: "Answer questions about the team's data with sql_query, and say which period a figure covers.",
    input: v.strictObject({
      sql: v.pipe(
        v.string("must be a text"),
        v.minLength(1, "must not be empty"),
        v.maxLength(8_192, "must have at most 8,192 characters"),
        v.description("One SELECT, at most 8 KB, with names for the columns that the person reads"),
      ),
      plot: v.optional(
        v.pipe(
          v.picklist(["bar", "line", "scatter"], "must be bar, line or scatter"),
          v.description(
            "Also draw the rows: the first column along the axis, each further column of numbers as a series",
          ),
        ),
      ),
      title: v.optional(
        v.pipe(
          v.string("must be a text"),
          v.maxLength(120, "must have at most 120 characters"),
          v.description("The heading of table and plot"),
        ),
      ),
    }),
    effect: "external_read",
    async run({ sql }, { signal }) {
      const { answerQuery } = await import("./answer-query.ts");
      return answerQuery(sql, parts, signal);
    },
  });
}
