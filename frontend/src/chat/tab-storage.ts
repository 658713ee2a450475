import * as v from "valibot";
import { parseJson } from "../api/api-problem.ts";

const OutgoingMessages = v.array(
  v.object({ key: v.string(), text: v.string(), replaces: v.optional(v.string()) }),
);
const Draft = v.object({
  text: v.string(),
  key: v.nullable(v.string()),
  replaces: v.optional(v.string()),
});

/**
 * What is in the composer. `key` belongs to exactly this text: it was sent before, and came back.
 * `replaces` is the turn whose message is being edited.
 */
export type Draft = v.InferOutput<typeof Draft>;

export const emptyDraft: Draft = { text: "", key: null };

/** What this tab keeps through a reload and a new login: where it was, what is on its way, and what was being typed. */
export const tabStorage = {
  conversationId: slot("conversation_id", v.nullable(v.string()), null),
  outbox: slot("outbox", OutgoingMessages, []),
  drafts: slot("drafts", v.record(v.string(), Draft), {}),
};

export function clearTabStorage(): void {
  for (const { write } of Object.values(tabStorage)) write(null);
}

function slot<Schema extends v.GenericSchema>(
  name: string,
  schema: Schema,
  nothing: v.InferOutput<Schema>,
) {
  return {
    read(): v.InferOutput<Schema> {
      const parsed = v.safeParse(schema, parseJson(sessionStorage.getItem(name) ?? ""));
      return parsed.success ? parsed.output : nothing;
    },
    /** Null forgets it. */
    write(value: v.InferOutput<Schema> | null): void {
      try {
        if (value === null) sessionStorage.removeItem(name);
        else sessionStorage.setItem(name, JSON.stringify(value));
      } catch (error) {
        // Too much for the browser's room, like a whole book in the composer: it will not outlive a reload.
        if (!(error instanceof DOMException)) throw error;
        sessionStorage.removeItem(name);
      }
    },
  };
}
