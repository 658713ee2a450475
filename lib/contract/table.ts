import * as v from "valibot";

/** A result of a tool in rows and columns. Only the person sees it: the model reads the tool's text. */
export const Table = v.object({
  columns: v.array(
    v.object({
      name: v.string(),
      /** An exact number that JSON cannot carry is a text in a column of the type `number`; a `time` is RFC 3339 or a date. */
      type: v.picklist(["text", "number", "time", "boolean", "json"]),
    }),
  ),
  rows: v.array(v.array(v.union([v.string(), v.number(), v.boolean(), v.null()]))),
  /** How many rows the result had. */
  total_rows: v.number(),
  /** The last rows are missing, because the table was too large. */
  is_cut: v.boolean(),
});
export type Table = v.InferOutput<typeof Table>;
