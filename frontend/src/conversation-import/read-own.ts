import * as v from "valibot";
import type { ImportedConversation } from "./imported-conversation.ts";

/** One conversation of our own export. Fields that an import does not need may be missing. */
export const OwnConversation = v.object({
  title: v.string(),
  /** The last turn of the shown branch. */
  head: v.nullish(v.string()),
  turns: v.array(
    v.object({
      turn_id: v.string(),
      message: v.string(),
      parent: v.nullish(v.string()),
      result: v.nullish(v.string()),
      partial: v.nullish(v.string()),
      created_at: v.nullish(v.string()),
    }),
  ),
});

export const OwnExport = v.object({ conversations: v.array(v.unknown()) });

/** A turn whose parent is not in the file before it begins the conversation. The turn that ends the shown branch comes last. */
export function readOwn({
  title,
  head,
  turns: stored,
}: v.InferOutput<typeof OwnConversation>): ImportedConversation {
  const isShownEnd = ({ turn_id }: (typeof stored)[number]) =>
    turn_id === head && !stored.some(({ parent }) => parent === head);
  const turns = [...stored.filter((turn) => !isShownEnd(turn)), ...stored.filter(isShownEnd)];
  const indexes = new Map(turns.map(({ turn_id }, index) => [turn_id, index]));
  return {
    title,
    turns: turns.map(({ message, result, partial, created_at, parent }, index) => {
      const before = indexes.get(parent ?? "");
      return {
        message,
        text: result ?? partial ?? "",
        ...(created_at && { created_at }),
        ...(before !== undefined && before < index && { parent: before }),
      };
    }),
  };
}
