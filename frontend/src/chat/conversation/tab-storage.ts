import * as v from "valibot";
import { parseJson } from "#frontend/api/api-problem.ts";
import { storedText } from "#frontend/ui/stored-text.ts";

const Outbox = v.object({
  key: v.string(),
  conversationId: v.nullable(v.string()),
  messages: v.array(
    v.object({ key: v.string(), text: v.string(), replaces: v.optional(v.string()) }),
  ),
  isLeft: v.boolean(),
});
const Draft = v.object({
  text: v.string(),
  key: v.nullable(v.string()),
  replaces: v.optional(v.string()),
  aside: v.optional(v.string()),
});

/** Messages on their way, in order. `isLeft`: the person has gone to another conversation meanwhile. */
export type Outbox = v.InferOutput<typeof Outbox>;

/**
 * What is in the composer. `key` belongs to exactly this text: it was sent before, and came back.
 * `replaces` is the turn whose message is being edited, `aside` what was being typed before that.
 */
export type Draft = v.InferOutput<typeof Draft>;

export const emptyDraft: Draft = { text: "", key: null };

/** What this tab keeps through a reload and a new login: where it was, what is on its way, and what was being typed. */
export const tabStorage = {
  conversationId: slot("conversation_id", v.nullable(v.string()), null),
  outboxes: slot("outboxes", v.array(Outbox), []),
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
  const kept = storedText("sessionStorage", name);
  return {
    read(): v.InferOutput<Schema> {
      const parsed = v.safeParse(schema, parseJson(kept.read() ?? ""));
      return parsed.success ? parsed.output : nothing;
    },
    /** Null forgets it. */
    write: (value: v.InferOutput<Schema> | null) =>
      kept.write(value === null ? null : JSON.stringify(value)),
  };
}
