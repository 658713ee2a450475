import { requestJson } from "#frontend/api/request.ts";
import { type Feedback, type FeedbackUpdate, StoredFeedback } from "#lib/contract/feedback.ts";

/** Stores what the person thinks of an answer, and returns what is stored now. Throws an `ApiProblem`. */
export async function giveFeedback(
  turnId: string,
  update: FeedbackUpdate,
): Promise<Feedback | null> {
  const path = `/api/v1/feedback/${encodeURIComponent(turnId)}`;
  const { feedback } = await requestJson(path, StoredFeedback, { method: "PUT", body: update });
  return feedback;
}
