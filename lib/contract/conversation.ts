import * as v from "valibot";
import { TurnState, TurnStatus } from "./chat.ts";
import { ConversationSettings } from "./conversation-settings.ts";
import { Identifier, Timestamp } from "./identifier.ts";
import { highestMessageLimit } from "./message-limit.ts";
import { typedLine, typedMessage } from "./typed-text.ts";

export const maxTitleLength = 200;
/** How many conversations an owner may pin. */
export const maxPinned = 50;
/** The longest search text, in UTF-16 units. */
export const maxSearchLength = 100;

export const Conversation = v.object({
  id: Identifier,
  title: v.string(),
  created_at: Timestamp,
  updated_at: Timestamp,
  pinned: v.boolean(),
  archived: v.boolean(),
});
export type Conversation = v.InferOutput<typeof Conversation>;

const PageLimit = v.pipe(
  v.string(),
  v.regex(/^\d{1,3}$/, "must be a whole number from 1 to 100"),
  v.transform(Number),
  v.minValue(1, "must be a whole number from 1 to 100"),
  v.maxValue(100, "must be a whole number from 1 to 100"),
);

/** Query of `GET /api/v1/conversations`, which lists the newest conversation first. */
export const ConversationListQuery = v.object({
  /** The `next_cursor` of the page before. */
  cursor: v.optional(
    v.pipe(v.string(), v.maxLength(200, "must be the next_cursor of another page")),
  ),
  limit: v.optional(PageLimit, "30"),
  /**
   * Selects conversations that contain each of these words in their title, a message or an answer. The search ignores
   * case, accents and Unicode normal forms.
   */
  q: v.optional(typedLine(maxSearchLength)),
  /** Lists the archived conversations instead of the others. A search finds both. */
  archived: v.optional(v.literal("true", "must be true")),
});

/** Where a text contains the words of a search: ranges in UTF-16 units, in order and without overlaps. */
const Marks = v.array(v.object({ start: v.number(), end: v.number() }));
export type Mark = v.InferOutput<typeof Marks>[number];

/** One line of a text that contains words of a search. */
export const Excerpt = v.object({
  /** The turn that contains the line. Null means that the line is the title. */
  turn_id: v.nullable(Identifier),
  text: v.string(),
  marks: Marks,
});
export type Excerpt = v.InferOutput<typeof Excerpt>;

export const ListedConversation = v.object({
  ...Conversation.entries,
  /** Both are set only in a search. */
  title_marks: v.optional(Marks),
  excerpt: v.optional(Excerpt),
});
export type ListedConversation = v.InferOutput<typeof ListedConversation>;

export const ConversationPage = v.object({
  /** The newest pin first. Only on the first page; `conversations` has the others. Empty in a search and among the archived. */
  pinned: v.optional(v.array(ListedConversation), []),
  conversations: v.array(ListedConversation),
  next_cursor: v.nullable(v.string()),
});
export type ConversationPage = v.InferOutput<typeof ConversationPage>;

/** Query of `GET /api/v1/conversations/{id}`, which returns the newest turns, or the turns before a cursor. */
export const ConversationQuery = v.object({
  /** The `earlier_cursor` of the page with the later turns. */
  before: v.optional(
    v.pipe(v.string(), v.uuid("must be the earlier_cursor of another page"), v.toLowerCase()),
  ),
  limit: v.optional(PageLimit, "50"),
  /** `all`: the turns of all branches in the order of their acceptance, instead of the shown branch. */
  branches: v.optional(v.literal("all", "must be all")),
});

/** A conversation, which branch of it is shown, and what its turns run with. */
export const ConversationWithSettings = v.object({
  ...Conversation.entries,
  /** The last turn of the shown branch. Null if the conversation has no turns. */
  head: v.nullable(Identifier),
  settings: ConversationSettings,
});
export type ConversationWithSettings = v.InferOutput<typeof ConversationWithSettings>;

/** A conversation with one page of the turns of the shown branch, or of all branches, oldest first. */
export const ConversationWithTurns = v.object({
  ...ConversationWithSettings.entries,
  turns: v.array(TurnState),
  /** The open turns of all branches, in the order of the queue. */
  open_turns: v.array(v.object({ turn_id: Identifier, status: TurnStatus })),
  /** The cursor of the turns before this page. Null if there are none. */
  earlier_cursor: v.nullable(v.string()),
});
export type ConversationWithTurns = v.InferOutput<typeof ConversationWithTurns>;

export const ConversationPath = v.object({ id: Identifier });

const trueOrFalse = v.boolean("must be true or false");

/**
 * The body of `PATCH /api/v1/conversations/{id}`, for a deployment with this message limit in UTF-16 units. It changes what it
 * names, and nothing else.
 */
/* @__NO_SIDE_EFFECTS__ */
export const conversationUpdateUpTo = (messageLimit: number) =>
  v.pipe(
    v.object({
      title: v.optional(typedLine(maxTitleLength)),
      /** Changes the named settings. Null returns a setting to its default. */
      settings: v.optional(ConversationSettings),
      /** Any turn of the conversation: the branch of the newest turns after it is shown from now on. */
      head: v.optional(Identifier),
      /** A pinned conversation is not archived any more, and an archived one is not pinned any more. */
      pinned: v.optional(trueOrFalse),
      archived: v.optional(trueOrFalse),
      /** Changes the message of a turn that has ended, without a new answer. */
      message: v.optional(v.object({ turn_id: Identifier, text: typedMessage(messageLimit) })),
    }),
    v.check(
      (update) => Object.values(update).some((value) => value !== undefined),
      "must name what to change",
    ),
    v.forward(
      v.check(({ pinned, archived }) => !(pinned && archived), "must not be sent with archived"),
      ["pinned"],
    ),
  );

/** The body with the highest limit, for the API document. */
export const ConversationUpdate = conversationUpdateUpTo(highestMessageLimit);
export type ConversationUpdate = v.InferOutput<typeof ConversationUpdate>;
