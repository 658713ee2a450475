import * as v from "valibot";
import type { Conversation, ConversationWithSettings } from "#lib/contract/conversation.ts";
import { ConversationSettings } from "#lib/contract/conversation-settings.ts";
import type { Row } from "#lib/platform/postgres.ts";

/** The columns of `conversations` that `readConversation` needs. */
export const conversationColumns =
  "id, title, created_at, updated_at, pinned_at is not null as pinned, archived";
/** The columns that `readConversationWithSettings` needs. */
export const conversationColumnsWithSettings = `${conversationColumns}, head, settings`;

const ConversationRow = v.object({
  id: v.string(),
  title: v.string(),
  created_at: v.date(),
  updated_at: v.date(),
  pinned: v.boolean(),
  archived: v.boolean(),
});

const SettingsRow = v.object({
  head: v.nullable(v.string()),
  settings: ConversationSettings,
});

/** Returns the conversation in a row, as it goes over the wire. */
export function readConversation(row: Row): Conversation {
  const { created_at, updated_at, ...rest } = v.parse(ConversationRow, row);
  return {
    ...rest,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}

/** Returns the conversation in a row, with its shown branch and its settings. */
export const readConversationWithSettings = (row: Row): ConversationWithSettings => ({
  ...readConversation(row),
  ...v.parse(SettingsRow, row),
});
