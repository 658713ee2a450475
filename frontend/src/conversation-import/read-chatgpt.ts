import * as v from "valibot";
import type { ImportedConversation } from "./imported-conversation.ts";
import { type ImportedMessage, messagesToTurns } from "./messages-to-turns.ts";

const Node = v.object({
  id: v.string(),
  parent: v.nullish(v.string()),
  message: v.nullish(
    v.object({
      author: v.object({ role: v.string() }),
      create_time: v.nullish(v.number()),
      /** Whom the model spoke to: `all` is the person, any other name is a tool. */
      recipient: v.nullish(v.string()),
      content: v.object({ content_type: v.string(), parts: v.nullish(v.array(v.unknown())) }),
      metadata: v.nullish(
        v.object({ is_visually_hidden_from_conversation: v.nullish(v.boolean()) }),
      ),
    }),
  ),
});
type Node = v.InferOutput<typeof Node>;

/** One conversation of the `conversations.json` that ChatGPT exports. */
export const ChatGptConversation = v.object({
  title: v.nullish(v.string()),
  current_node: v.nullish(v.string()),
  mapping: v.record(v.string(), Node),
});

export function readChatGpt(
  conversation: v.InferOutput<typeof ChatGptConversation>,
): ImportedConversation {
  const { title, mapping, current_node } = conversation;
  return {
    title: title ?? "",
    turns: messagesToTurns(Object.values(mapping).map(toMessage), current_node),
  };
}

function toMessage({ id, parent, message }: Node): ImportedMessage {
  const { role } = message?.author ?? {};
  const isSpoken =
    (role === "user" || role === "assistant") &&
    (message?.recipient ?? "all") === "all" &&
    message?.metadata?.is_visually_hidden_from_conversation !== true &&
    /^(multimodal_)?text$/.test(message?.content.content_type ?? "");
  const seconds = message?.create_time;
  return {
    id,
    parentId: parent ?? null,
    role: isSpoken ? role : null,
    text: isSpoken ? (message?.content.parts ?? []).map(toText).join("\n\n").trim() : "",
    createdAt: seconds ? new Date(seconds * 1_000).toISOString() : undefined,
  };
}

/** The file has no bytes of images and other files. */
const toText = (part: unknown): string => (typeof part === "string" ? part : "[…]");
