import * as v from "valibot";
import { Refusal } from "./refusal.ts";

const Query = v.object({ query: v.string(), params: v.optional(v.array(v.unknown()), []) });
const Batch = v.object({ queries: v.array(Query) });

export type Query = v.InferOutput<typeof Query>;
export type Batch = v.InferOutput<typeof Batch>;

/** Parses the body of a request to `/sql`: one query, or a batch that is one transaction. @throws Refusal */
export function parsePayload(body: string): Query | Batch {
  try {
    return v.parse(v.union([Batch, Query]), JSON.parse(body));
  } catch {
    // Drops the parsers' errors, because they quote the body, which contains users' messages.
    throw new Refusal(400, "The body is neither {query, params} nor {queries: [{query, params}]}.");
  }
}
