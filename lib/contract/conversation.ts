import * as v from "valibot";
import { TurnState } from "./chat.ts";
import { Identifier, Timestamp } from "./identifier.ts";
import { typedLine } from "./typed-text.ts";

export const maxTitleLength = 200;
/** Of what the list is searched for. */
export const maxSearchLength = 100;

export const Conversation = v.object({
  id: Identifier,
  title: v.string(),
  created_at: Timestamp,
  updated_at: Timestamp,
});
export type Conversation = v.InferOutput<typeof Conversation>;

const PageLimit = v.pipe(
  v.string(),
  v.regex(/^\d{1,3}$/, "must be a whole number from 1 to 100"),
  v.transform(Number),
  v.minValue(1, "must be a whole number from 1 to 100"),
  v.maxValue(100, "must be a whole number from 1 to 100"),
);

/** `GET /api/v1/conversations`: newest first. */
export const ConversationListQuery = v.object({
  /** `next_cursor` of the page before, as it was given. */
  cursor: v.optional(
    v.pipe(v.string(), v.maxLength(200, "must be the next_cursor of another page")),
  ),
  limit: v.optional(PageLimit, "30"),
  /**
   * Only conversations that hold each of these words in their title, a message or an answer. Case, accents and the
   * normal form do not count.
   */
  q: v.optional(typedLine(maxSearchLength)),
});

/** Where the words of a search are, in UTF-16 units of a text, in order and without overlaps. */
const Marks = v.array(v.object({ start: v.number(), end: v.number() }));
export type Mark = v.InferOutput<typeof Marks>[number];

/** A line of a text that holds words of a search. */
export const Excerpt = v.object({
  /** The turn of the message or answer; null: the line is of the title. */
  turn_id: v.nullable(Identifier),
  text: v.string(),
  marks: Marks,
});
export type Excerpt = v.InferOutput<typeof Excerpt>;

export const ListedConversation = v.object({
  ...Conversation.entries,
  /** Both are given in a search. */
  title_marks: v.optional(Marks),
  excerpt: v.optional(Excerpt),
});
export type ListedConversation = v.InferOutput<typeof ListedConversation>;

export const ConversationPage = v.object({
  conversations: v.array(ListedConversation),
  next_cursor: v.nullable(v.string()),
});
export type ConversationPage = v.InferOutput<typeof ConversationPage>;

/** `GET /api/v1/conversations/{id}`: the newest turns, or those before a cursor. */
export const ConversationQuery = v.object({
  /** `earlier_cursor` of the page that follows, as it was given. */
  before: v.optional(
    v.pipe(v.string(), v.uuid("must be the earlier_cursor of another page"), v.toLowerCase()),
  ),
  limit: v.optional(PageLimit, "50"),
});

/** What a reload shows, oldest turn first; turns that were replaced are left out. */
export const ConversationWithTurns = v.object({
  ...Conversation.entries,
  turns: v.array(TurnState),
  /** Leads to the turns before these; null: there are none. */
  earlier_cursor: v.nullable(v.string()),
});
export type ConversationWithTurns = v.InferOutput<typeof ConversationWithTurns>;

export const ConversationPath = v.object({ id: Identifier });

export const ConversationUpdate = v.object({ title: typedLine(maxTitleLength) });
