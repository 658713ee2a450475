import * as v from "valibot";
import { Identifier } from "./identifier.ts";
import { typedMessage } from "./typed-text.ts";

/** The longest reason, in UTF-16 units. */
export const maxReasonLength = 1_000;

const Verdict = v.picklist(["up", "down"], "must be up, down or null");

/** What the person thinks of an answer. */
export const Feedback = v.object({ value: Verdict, reason: v.optional(v.string()) });
export type Feedback = v.InferOutput<typeof Feedback>;

/** The path of `PUT /api/v1/feedback/{turn_id}`. */
export const FeedbackPath = v.object({ turn_id: Identifier });

/** The body of `PUT /api/v1/feedback/{turn_id}`. It replaces what was there. Null takes the feedback back, with its reason. */
export const FeedbackUpdate = v.object({
  value: v.nullable(Verdict),
  reason: v.optional(typedMessage(maxReasonLength)),
});
export type FeedbackUpdate = v.InferOutput<typeof FeedbackUpdate>;

/** The response: what is stored now. */
export const StoredFeedback = v.object({ turn_id: Identifier, feedback: v.nullable(Feedback) });
