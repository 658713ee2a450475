import type { ConverseBlock } from "./converse-request.ts";

/**
 * Returns a message's blocks without what Converse refuses: blank texts and empty tool results. A last safeguard for every
 * request; `repairHistory` repairs the conversation itself before.
 */
export function normaliseContent(content: readonly ConverseBlock[]): ConverseBlock[] {
  return content.map(fillResult).filter((block) => !isBlank(block));
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
