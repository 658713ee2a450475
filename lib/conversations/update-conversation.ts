import * as v from "valibot";
import {
  type ConversationUpdate,
  type ConversationWithSettings,
  maxPinned,
} from "#lib/contract/conversation.ts";
import { type Database, SqlError, type Statement } from "#lib/platform/postgres.ts";
import {
  conversationColumnsWithSettings,
  readConversationWithSettings,
} from "./conversation-row.ts";
import { conversationTitle } from "./conversation-title.ts";
import { callFunction } from "./function-call.ts";

export type UpdateInput = ConversationUpdate & { owner: string; id: string };

/** How often a message may be changed in place. */
const maxEdits = 20;

const Outcome = v.object({
  outcome: v.picklist([
    "updated",
    /** The owner has no such conversation, or the conversation has no such turn. */
    "unknown",
    /** The turn of the message has not ended. */
    "turn_open",
    /** The message was changed too often, or its earlier texts are too long together. */
    "too_many_edits",
    "storage_full",
  ]),
});
type Outcome = v.InferOutput<typeof Outcome>["outcome"];

/** What has become of the changes: all of them are stored, or none. */
export type Update =
  | { outcome: "updated"; conversation: ConversationWithSettings }
  | { outcome: Exclude<Outcome, "updated"> | "too_many_pinned" };

/** The SQLSTATE that the SQL function `place_conversation` raises, so that nothing of the update is stored. */
const tooManyPinned = "TL003";

/** Changes what is named, in one database request. The SQL functions `update_conversation` and `place_conversation` say how. */
export async function updateConversation(
  database: Database,
  input: UpdateInput,
  maxStoredBytes: number,
): Promise<Update> {
  const { owner, id } = input;
  try {
    const rows = await database.transaction([
      // Pins of an owner are counted one after the other. This lock comes before that of a conversation, as in accept_turn.
      ...(input.pinned ? [{ text: lockOwner, params: [owner] }] : []),
      update(input, maxStoredBytes),
      {
        text: `select ${conversationColumnsWithSettings} from conversations where id = $1 and owner = $2`,
        params: [id, owner],
      },
    ]);
    const { outcome } = v.parse(Outcome, rows.at(-2)?.[0]?.update);
    if (outcome !== "updated") return { outcome };
    return { outcome, conversation: readConversationWithSettings(rows.at(-1)?.[0] ?? {}) };
  } catch (error) {
    if (error instanceof SqlError && error.code === tooManyPinned) {
      return { outcome: "too_many_pinned" };
    }
    throw error;
  }
}

const lockOwner = "select pg_advisory_xact_lock(hashtextextended($1, 0))";

function update(
  { owner, id, title, settings, head, message, pinned, archived }: UpdateInput,
  maxStoredBytes: number,
): Statement {
  const changed = callFunction("update_conversation", {
    owner,
    conversation: id,
    title,
    settings: settings && JSON.stringify(settings),
    shown: head,
    edited: message?.turn_id,
    message: message?.text,
    message_title: message && conversationTitle(message.text),
    max_edits: maxEdits,
    max_stored_bytes: maxStoredBytes,
  });
  if (pinned === undefined && archived === undefined) {
    return { text: `select ${changed.text} as update`, params: changed.params };
  }
  const placed = callFunction(
    "place_conversation",
    { conversation: id, pinned, archived, max_pinned: maxPinned },
    changed.params,
  );
  return {
    text: `
      select case when changed ->> 'outcome' = 'updated' then ${placed.text} else changed end as update
      from (select ${changed.text} as changed offset 0) as changes`,
    params: placed.params,
  };
}
