import * as v from "valibot";
import { Citation } from "./citation.ts";
import { Source } from "./source.ts";
import { typedMessage } from "./typed-text.ts";

/** The body of `POST /mcp`: a message of JSON-RPC 2.0. The protocol's library checks the rest. */
export const McpMessage = v.looseObject({
  jsonrpc: v.literal("2.0"),
  /** Missing in a notification. */
  id: v.optional(v.union([v.string(), v.number()])),
  method: v.optional(v.string()),
  params: v.optional(v.unknown()),
});
export type McpMessage = v.InferOutput<typeof McpMessage>;

/** The same, and no batch: to Valibot a list is an object, too. */
export const oneMcpMessage = v.pipe(
  v.unknown(),
  v.check((body) => !Array.isArray(body), "must be one message, not a batch"),
  McpMessage,
);

/** What the tool `ask` takes, in a deployment with this message limit in UTF-16 units. */
/* @__NO_SIDE_EFFECTS__ */
export const askInputUpTo = (messageLimit: number) =>
  v.strictObject({
    message: v.pipe(
      typedMessage(messageLimit),
      v.description("The question or the task, with everything that is needed to understand it"),
    ),
    conversation_id: v.optional(
      v.pipe(
        v.string("must be a string"),
        v.description(
          "Goes on with this conversation: the conversation_id of an earlier result, or a name of your own. Left out, a new one begins",
        ),
      ),
    ),
  });

/** A tool call that waits for a person. */
const WaitingCall = v.object({
  tool: v.string(),
  arguments: v.unknown(),
  /** A page where every person with a session may decide. */
  link: v.optional(v.string()),
});

/** The structured result of the tool `ask`. A field that is unknown is missing, never null. */
export const AskResult = v.object({
  conversation_id: v.string(),
  turn_id: v.string(),
  /** `running`: the answer goes on without this request. */
  status: v.picklist(["done", "stopped", "failed", "waiting", "running"]),
  answer: v.string(),
  sources: v.array(Source),
  citations: v.optional(v.array(Citation)),
  cost_usd: v.optional(v.number()),
  approvals: v.optional(v.array(WaitingCall)),
});
export type AskResult = v.InferOutput<typeof AskResult>;

/** The structured result of the tools `search_documents` and `fetch_document`. */
export const DocumentPassages = v.object({
  passages: v.array(v.object({ ...Source.entries, text: v.string() })),
});
export type DocumentPassages = v.InferOutput<typeof DocumentPassages>;
