import * as v from "valibot";
import { TurnState } from "./chat.ts";
import { Identifier, Timestamp } from "./identifier.ts";

const maxTitleLength = 200;

export const Conversation = v.object({
  id: Identifier,
  title: v.string(),
  created_at: Timestamp,
  updated_at: Timestamp,
});
export type Conversation = v.InferOutput<typeof Conversation>;

/** `GET /api/v1/conversations`: newest first. */
export const ConversationListQuery = v.object({
  /** `next_cursor` of the page before, as it was given. */
  cursor: v.optional(v.pipe(v.string(), v.maxLength(200, "is not a cursor of ours"))),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,3}$/, "must be a whole number from 1 to 100"),
      v.transform(Number),
      v.minValue(1, "must be a whole number from 1 to 100"),
      v.maxValue(100, "must be a whole number from 1 to 100"),
    ),
    "30",
  ),
});

export const ConversationPage = v.object({
  conversations: v.array(Conversation),
  next_cursor: v.nullable(v.string()),
});
export type ConversationPage = v.InferOutput<typeof ConversationPage>;

/** `GET /api/v1/conversations/{id}`: what a reload shows, oldest turn first. */
export const ConversationWithTurns = v.object({
  ...Conversation.entries,
  turns: v.array(TurnState),
});
export type ConversationWithTurns = v.InferOutput<typeof ConversationWithTurns>;

export const ConversationPath = v.object({ id: Identifier });

export const ConversationUpdate = v.object({
  title: v.pipe(
    v.string("must be a string"),
    v.trim(),
    v.minLength(1, "must not be empty"),
    v.maxLength(maxTitleLength, `must have at most ${maxTitleLength} characters`),
    v.check((text) => !text.includes("\u0000"), "must not contain the character U+0000"),
    v.check((text) => text.isWellFormed(), "must be well-formed Unicode"),
  ),
});
