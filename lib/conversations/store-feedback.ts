import type { Feedback, FeedbackUpdate } from "#lib/contract/feedback.ts";
import type { Database } from "#lib/platform/postgres.ts";

export type StoreFeedback = (input: {
  owner: string;
  turnId: string;
  update: FeedbackUpdate;
}) => Promise<{ feedback: Feedback | null } | undefined>;

/**
 * Returns a function that stores what the owner thinks of an answer, in one database request, and returns what is stored now.
 * It returns undefined if the owner has no such turn, or if the turn has not ended.
 */
export function createStoreFeedback(database: Database): StoreFeedback {
  return async ({ owner, turnId, update: { value, reason } }) => {
    const feedback = value === null ? null : { value, ...(reason !== undefined && { reason }) };
    const rows = await database.query({
      text: `
        update turns set feedback = $3 where id = $1 and owner = $2 and finished_at is not null
        returning id`,
      params: [turnId, owner, feedback && JSON.stringify(feedback)],
    });
    return rows.length === 1 ? { feedback } : undefined;
  };
}
