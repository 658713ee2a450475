import * as v from "valibot";
import { maxTitleLength } from "./conversation.ts";
import { Identifier } from "./identifier.ts";
import { highestMessageLimit } from "./message-limit.ts";
import { typedLine, typedMessage, writtenText } from "./typed-text.ts";

export const maxImportedTurns = 1_000;
/** Of the whole body. A Lambda function gets at most 6 MB. */
export const maxImportBytes = 4_000_000;

/** JavaScript reads February 31 as March 2, and PostgreSQL refuses it. */
function isDay(time: string): boolean {
  const day = time.slice(0, 10);
  const read = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(read.getTime()) && read.toISOString().startsWith(day);
}

/** A message and its answer, from another place. */
const ImportedTurn = v.object({
  message: typedMessage(highestMessageLimit),
  /** The answer. May be empty. */
  text: writtenText(maxImportBytes),
  /** Default, and the latest: now. */
  created_at: v.optional(
    v.pipe(
      v.string("must be a time in RFC 3339"),
      v.isoTimestamp("must be a time in RFC 3339"),
      v.check(isDay, "must be a day of the calendar"),
      v.check((time) => new Date(time) >= new Date(0), "must be a time since 1970"),
    ),
  ),
  /** The index of the turn that this one follows. Null: it begins the conversation. Default: the turn before in the list. */
  parent: v.optional(
    v.nullable(v.pipe(v.number("must be a number"), v.integer("must be a whole number"))),
  ),
});

/** The body of `POST /api/v1/conversations`. The last turn is the one that the conversation shows. */
export const ConversationImport = v.object({
  title: typedLine(maxTitleLength),
  turns: v.pipe(
    v.array(ImportedTurn, "must be a list"),
    v.minLength(1, "must not be empty"),
    v.maxLength(maxImportedTurns, `must have at most ${maxImportedTurns} turns`),
    v.check(
      (turns) =>
        turns.every(({ parent }, index) => parent == null || (parent >= 0 && parent < index)),
      "must name as parent only a turn that comes earlier",
    ),
  ),
});
export type ConversationImport = v.InferOutput<typeof ConversationImport>;

/** The response of `POST /api/v1/conversations`. */
export const ImportedConversation = v.object({ conversation_id: Identifier });
