import * as v from "valibot";

/** What the person thinks of an answer. */
export const Feedback = v.object({
  value: v.picklist(["up", "down"]),
  reason: v.optional(v.string()),
});
