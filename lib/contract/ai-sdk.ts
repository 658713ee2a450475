import * as v from "valibot";

/** What the AI SDK's `DefaultChatTransport` sends. Fields that a page adds pass unread. */
export const AiSdkRequest = v.object({
  /** Any text of 1 to 200 UTF-16 units. The first message begins the chat. */
  id: v.string("must be the id of a chat"),
  messages: v.pipe(
    v.array(
      v.looseObject({ id: v.string(), role: v.string() }),
      "must be the messages of the chat",
    ),
    v.minLength(1, "must have a message"),
  ),
  trigger: v.picklist(
    ["submit-message", "regenerate-message"],
    'must be "submit-message" or "regenerate-message"',
  ),
  messageId: v.nullish(v.string()),
});
export type AiSdkRequest = v.InferOutput<typeof AiSdkRequest>;

/** A chat as the AI SDK names it. */
export const AiSdkChatPath = v.object({ id: v.string() });

/** What an answer carries beside its parts. */
const AnswerMetadata = v.object({
  /** The id of our conversation, which differs from the chat's id unless that is a UUID. */
  conversation_id: v.string(),
  /** How the turn has ended. Missing while it runs. */
  status: v.optional(v.picklist(["done", "stopped", "error", "waiting"])),
});
export type AnswerMetadata = v.InferOutput<typeof AnswerMetadata>;

/** The messages of a chat as `useChat` shows them, oldest first. */
export const AiSdkMessages = v.array(
  v.object({
    id: v.string(),
    role: v.picklist(["user", "assistant"]),
    parts: v.array(v.looseObject({ type: v.string() })),
    metadata: v.optional(AnswerMetadata),
  }),
);
export type AiSdkMessages = v.InferOutput<typeof AiSdkMessages>;
