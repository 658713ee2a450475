import * as v from "valibot";
import { Identifier } from "./identifier.ts";

/**
 * `verified`: the words stand in a passage that this turn has read. `unverified`: they do not. `removed`: the passage's document
 * was deleted before the turn was stored, so the person cannot see the words in place.
 */
const CitationState = v.picklist(["verified", "unverified", "removed"]);

/** A quotation in an answer, which was looked up in the passages that its turn has read. All offsets are UTF-16 units. */
export const Citation = v.object({
  /** The number of the source that the words stand in, or that the answer names for them. */
  index: v.number(),
  /** Where the quoted words stand in the turn's text, without their quotation marks. */
  start: v.number(),
  end: v.number(),
  state: CitationState,
  /** The document, its version and part, and where the words stand in the version's whole text. Only if verified. */
  document_id: v.optional(Identifier),
  version_id: v.optional(Identifier),
  part: v.optional(v.number()),
  document_start: v.optional(v.number()),
  document_end: v.optional(v.number()),
  /** The longest run of words that quotation and passage share, at most 300 units. Only if unverified. */
  longest_run: v.optional(v.string()),
});
export type Citation = v.InferOutput<typeof Citation>;

/**
 * A number in an answer that no passage, tool or message of its turn holds: where it stands in the turn's text, in UTF-16 units.
 */
export const UnsourcedNumber = v.object({ start: v.number(), end: v.number() });
export type UnsourcedNumber = v.InferOutput<typeof UnsourcedNumber>;

/** What the check of an answer has found. Both are missing in a turn that had nothing to check. */
export const checkedAnswerEntries = {
  /** The quotations of the answer, in the order of the text. */
  citations: v.optional(v.array(Citation)),
  unsourced_numbers: v.optional(v.array(UnsourcedNumber)),
} as const;
