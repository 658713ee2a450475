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
      // Locks the conversation first, as every change of a turn does: a trigger counts the bytes of the feedback there.
      text: `
        with ended as (
          select turns.id from turns join conversations on conversations.id = turns.conversation_id
          where turns.id = $1 and turns.owner = $2 and finished_at is not null
          for update of conversations
        )
        update turns set feedback = $3 from ended where turns.id = ended.id
        returning turns.id`,
      params: [turnId, owner, feedback && JSON.stringify(feedback)],
    });
    return rows.length === 1 ? { feedback } : undefined;
  };
}
