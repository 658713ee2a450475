import * as v from "valibot";
import { parseJson } from "#frontend/api/api-problem.ts";
import { storedText } from "#frontend/ui/stored-text.ts";
import type { ConversationSettings } from "#lib/contract/conversation-settings.ts";

/** Everything as the deployment has it. */
export const defaultSettings = {};

/** The service checks the settings. Their schema would cost the login 500 bytes. */
const Settings = v.custom<ConversationSettings>((value) => typeof value === "object");

const Outbox = v.object({
  key: v.string(),
  conversationId: v.nullable(v.string()),
  messages: v.array(
    v.object({
      key: v.string(),
      text: v.string(),
      after: v.optional(v.nullable(v.string())),
      edits: v.optional(v.string()),
      documents: v.optional(v.array(v.string())),
      settings: v.optional(Settings),
    }),
  ),
  isLeft: v.boolean(),
});
const text = { text: v.string(), key: v.nullable(v.string()) };
const Draft = v.object({
  ...text,
  after: v.optional(v.nullable(v.string())),
  edits: v.optional(v.record(v.string(), v.object(text)), {}),
  documents: v.optional(v.array(v.string())),
});

const Upload = v.object({
  documentId: v.string(),
  name: v.string(),
  bytes: v.number(),
  scope: v.picklist(["site", "own"]),
  conversationId: v.nullable(v.string()),
  isAttached: v.boolean(),
});

/** Outgoing messages of one conversation, in order. `isLeft`: the person has gone to another conversation. */
export type Outbox = v.InferOutput<typeof Outbox>;

/**
 * The text in the composer. `key` is the idempotency key of a refused message with exactly this text, and `after` and
 * `documents` are those of that message. `edits` are the messages that the person edits in the transcript, by the ids of
 * their turns.
 */
export type Draft = v.InferOutput<typeof Draft>;
export type Edit = Draft["edits"][string];

export const emptyDraft: Draft = { text: "", key: null, edits: {} };

/** What the tab keeps through a reload and a new login. */
export const tabStorage = {
  conversationId: slot("conversation_id", v.nullable(v.string()), null),
  outboxes: slot("outboxes", v.array(Outbox), []),
  /** The files whose upload this page has begun: see `uploads`. */
  uploads: slot("uploads", v.array(Upload), []),
  drafts: slot("drafts", v.record(v.string(), Draft), {}),
  /** Of the new conversation, until its first message is sent. */
  newSettings: slot("new_settings", Settings, defaultSettings),
};

export function clearTabStorage(): void {
  for (const { write } of Object.values(tabStorage)) write(null);
}

function slot<Schema extends v.GenericSchema>(
  name: string,
  schema: Schema,
  empty: v.InferOutput<Schema>,
) {
  const stored = storedText("sessionStorage", name);
  return {
    read(): v.InferOutput<Schema> {
      const parsed = v.safeParse(schema, parseJson(stored.read() ?? ""));
      return parsed.success ? parsed.output : empty;
    },
    /** Null removes the value. */
    write: (value: v.InferOutput<Schema> | null) =>
      stored.write(value === null ? null : JSON.stringify(value)),
  };
}
