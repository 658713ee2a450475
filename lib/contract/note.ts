import * as v from "valibot";
import { Identifier, Timestamp } from "./identifier.ts";

/** Something that the agent keeps for an owner across conversations. */
const Note = v.object({
  id: Identifier,
  text: v.string(),
  created_at: Timestamp,
  /** The conversation in which the note was made. Null if that conversation is deleted. */
  conversation_id: v.nullable(Identifier),
});

/** The response of `GET` and `PATCH /api/v1/notes`. */
export const NoteList = v.object({
  /** Whether the agent may keep and read notes. */
  enabled: v.boolean(),
  /** Newest first, at most 200. */
  notes: v.array(Note),
});

/** The path of `DELETE /api/v1/notes/{id}`. */
export const NotePath = v.object({ id: Identifier });

/** The body of `PATCH /api/v1/notes`. */
export const NotesUpdate = v.object({ enabled: v.boolean("must be true or false") });
