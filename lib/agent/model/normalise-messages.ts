import type { ConverseBlock, ConverseMessage } from "./converse-request.ts";

/**
 * Returns messages without what Converse refuses: blank texts, empty contents, and two messages of one role in a row.
 * A last safeguard for every request; `repairHistory` repairs the conversation itself before.
 */
export function normaliseMessages(messages: readonly ConverseMessage[]): ConverseMessage[] {
  const normal: ConverseMessage[] = [];
  for (const message of messages) {
    const content = message.content.map(fillResult).filter((block) => !isBlank(block));
    if (content.length === 0) continue;
    const last = normal.at(-1);
    if (last && last.role === message.role) last.content.push(...content);
    else normal.push({ role: message.role, content });
  }
  return normal;
}

function fillResult(block: ConverseBlock): ConverseBlock {
  if (!("toolResult" in block)) return block;
  const content = block.toolResult.content.filter((part) => !isBlank(part));
  return {
    toolResult: {
      ...block.toolResult,
      content: content.length > 0 ? content : [{ text: "(empty result)" }],
    },
  };
}

const isBlank = (block: ConverseBlock): boolean => "text" in block && block.text.trim() === "";
