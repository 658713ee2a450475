import * as v from "valibot";
import type { ConversationUpdate, ConversationWithSettings } from "#lib/contract/conversation.ts";
import type { Database } from "#lib/platform/postgres.ts";
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
  | { outcome: Exclude<Outcome, "updated"> };

/** Changes what is named, in one database request. The SQL function `update_conversation` says how. */
export async function updateConversation(
  database: Database,
  { owner, id, title, settings, head, message }: UpdateInput,
  maxStoredBytes: number,
): Promise<Update> {
  const { text, params } = callFunction("update_conversation", {
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
  const [updated, found] = await database.transaction([
    { text: `select ${text} as update`, params },
    {
      text: `select ${conversationColumnsWithSettings} from conversations where id = $1 and owner = $2`,
      params: [id, owner],
    },
  ]);
  const { outcome } = v.parse(Outcome, updated?.[0]?.update);
  if (outcome !== "updated") return { outcome };
  return { outcome, conversation: readConversationWithSettings(found?.[0] ?? {}) };
}
