import type { ContentBlock, Message } from "@aws-sdk/client-bedrock-runtime";

/**
 * Returns messages without what Converse refuses: blank texts, empty contents, and two messages of one role in a row.
 * A last safeguard for every request; `repairHistory` repairs the conversation itself before.
 */
export function normaliseMessages(messages: readonly Message[]): Message[] {
  const normal: Message[] = [];
  for (const message of messages) {
    const content = (message.content ?? []).map(fillResult).filter((block) => !isBlank(block.text));
    if (content.length === 0) continue;
    const last = normal.at(-1);
    if (last && last.role === message.role) last.content?.push(...content);
    else normal.push({ role: message.role, content });
  }
  return normal;
}

function fillResult(block: ContentBlock): ContentBlock {
  if (!block.toolResult) return block;
  const content = (block.toolResult.content ?? []).filter((part) => !isBlank(part.text));
  return {
    toolResult: {
      ...block.toolResult,
      content: content.length > 0 ? content : [{ text: "(empty result)" }],
    },
  };
}

const isBlank = (text: string | undefined): boolean => text !== undefined && text.trim() === "";
