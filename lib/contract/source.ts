import * as v from "valibot";
import { Identifier, Timestamp } from "./identifier.ts";
import { PartKind } from "./part-kind.ts";

/** How many sources one turn may have. */
export const maxSources = 64;

/** A place that an answer may quote. The answer refers to it as `[index]`. */
export const Source = v.object({
  /** Unique in its turn, from 1. Numbers may be missing: a call that failed has used them. */
  index: v.number(),
  /** At most 300 UTF-16 units. */
  title: v.string(),
  /** An http or https address of at most 2,000 UTF-16 units. */
  url: v.optional(v.string()),
  /** A passage of a document has these three, and its part: a page, a slide, a sheet or a section. */
  document_id: v.optional(Identifier),
  version_id: v.optional(Identifier),
  chunk_id: v.optional(v.pipe(v.string(), v.regex(/^\d{1,19}$/))),
  part: v.optional(v.number()),
  part_kind: v.optional(PartKind),
  /** The name of a sheet, at most 100 UTF-16 units. */
  part_label: v.optional(v.string()),
  /** What the source says, at most 600 UTF-16 units. */
  quote: v.string(),
  /** When the source was published. Null or missing: unknown. */
  published_at: v.optional(v.nullable(Timestamp)),
});
export type Source = v.InferOutput<typeof Source>;

/** A source before the turn has given it a number. */
export type NewSource = Omit<Source, "index">;
