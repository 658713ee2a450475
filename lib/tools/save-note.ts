import * as v from "valibot";
import { typedMessage } from "#lib/contract/typed-text.ts";
import { maxNotes, type NoteStore } from "#lib/notes/note-store.ts";
import { defineTool, ToolRefusal } from "./tool.ts";

const maxLength = 2_000;

/** Returns the tool that keeps a note of the owner. A call that is repeated keeps the note once. */
export const createSaveNote = (notes: NoteStore) =>
  defineTool({
    name: "save_note",
    description:
      "Keeps a note about the person for later conversations. Use it only when the person wants something remembered.",
    input: v.strictObject({
      text: v.pipe(
        typedMessage(maxLength),
        v.description("One fact or wish in a sentence that makes sense without this conversation"),
      ),
    }),
    effect: "write",
    resultText: "own",
    async run({ text }, { owner, conversationId, receiptId }) {
      if (!receiptId) throw new Error("A note needs a receipt.");
      const outcome = await notes.save({ id: receiptId, owner, text, conversationId });
      if (outcome === "full") {
        throw new ToolRefusal(
          `there are ${maxNotes} notes already, the most that fit. The person can delete notes on the page.`,
        );
      }
      if (outcome === "off") throw new ToolRefusal("the person has turned notes off.");
      return "The note is saved.";
    },
  });
