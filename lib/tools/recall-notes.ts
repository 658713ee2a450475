import * as v from "valibot";
import type { NoteStore } from "#lib/notes/note-store.ts";
import { defineTool } from "./tool.ts";

/** Returns the tool that reads the notes of the owner, newest first. */
export const createRecallNotes = (notes: NoteStore) =>
  defineTool({
    name: "recall_notes",
    description:
      "Returns the notes that were kept about the person in earlier conversations, newest first, one JSON object a line.",
    input: v.strictObject({
      words: v.optional(
        v.pipe(
          v.string(),
          v.maxLength(200, "must have at most 200 characters"),
          // PostgreSQL cannot read U+0000.
          v.check((text) => !text.includes("\u0000"), "must not contain the character U+0000"),
          v.description("Words that each note must hold; without them the newest notes"),
        ),
      ),
    }),
    effect: "none",
    hint: "ask it when the person expects you to know something from an earlier conversation.",
    async run({ words }, { owner }) {
      const found = await notes.recall({ owner, words: words?.trim() });
      if (found.length === 0)
        return words?.trim() ? "No note holds these words." : "There are no notes.";
      return found
        .map(({ created_at, text }) => JSON.stringify({ saved: created_at.slice(0, 10), text }))
        .join("\n");
    },
  });
