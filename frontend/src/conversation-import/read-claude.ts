import * as v from "valibot";
import type { ImportedConversation } from "./imported-conversation.ts";
import { type ImportedMessage, messagesToTurns } from "./messages-to-turns.ts";

const File = v.object({
  file_name: v.nullish(v.string()),
  extracted_content: v.nullish(v.string()),
});

const Message = v.object({
  uuid: v.string(),
  sender: v.string(),
  text: v.nullish(v.string()),
  content: v.nullish(v.array(v.object({ type: v.string(), text: v.nullish(v.string()) }))),
  created_at: v.nullish(v.string()),
  /** Missing in older files, whose messages follow each other. */
  parent_message_uuid: v.nullish(v.string()),
  attachments: v.nullish(v.array(File)),
  files: v.nullish(v.array(File)),
});

/** One conversation of the `conversations.json` that Claude exports. */
export const ClaudeConversation = v.object({
  name: v.nullish(v.string()),
  chat_messages: v.array(Message),
});

export function readClaude({
  name,
  chat_messages,
}: v.InferOutput<typeof ClaudeConversation>): ImportedConversation {
  const messages = chat_messages.map((message, index): ImportedMessage => {
    const { uuid, sender, created_at, parent_message_uuid } = message;
    const role = sender === "human" ? "user" : sender === "assistant" ? "assistant" : null;
    const before = chat_messages[index - 1]?.uuid ?? null;
    return {
      ...{ id: uuid, role, text: textOf(message) },
      parentId: parent_message_uuid ?? before,
      createdAt: toTime(created_at),
    };
  });
  return { title: name ?? "", turns: messagesToTurns(messages) };
}

/** Newer files have the parts of a message beside its text, which then also holds what tools did. */
function textOf({ text, content, attachments, files }: v.InferOutput<typeof Message>): string {
  const spoken = (content ?? []).flatMap((part) =>
    part.type === "text" && part.text ? [part.text] : [],
  );
  const given = [...(attachments ?? []), ...(files ?? [])].map(({ file_name, extracted_content }) =>
    [`[${file_name || "…"}]`, extracted_content].filter(Boolean).join("\n"),
  );
  const said = spoken.length > 0 ? spoken.join("\n\n") : (text ?? "");
  return [said, ...given].filter((part) => part !== "").join("\n\n");
}

function toTime(time: string | null | undefined): string | undefined {
  const at = new Date(time ?? "");
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
