import { type BaseMessage, SystemMessage } from "@langchain/core/messages";
import { textOf } from "#lib/agent/history/message-content.ts";
import {
  type ConverseMessage,
  type ConverseRequest,
  cachePoint,
  toConverseMessage,
} from "./converse-request.ts";
import { normaliseContent } from "./normalise-content.ts";

/** A message as JSON without the brackets around its blocks. No blocks: the message is not sent. */
interface WrittenMessage {
  role: ConverseMessage["role"];
  blocks: string;
}

/**
 * Returns a function that writes the body of a request from its messages. Converse refuses two messages of one role in a row, so it
 * joins them.
 *
 * A thread's messages are in every request of the conversation, twice in a turn that uses a tool. So each message is
 * converted once, and its text is kept as long as the message: a message never changes.
 */
export function createBodyWriter(
  modelId: string,
  settings: Omit<ConverseRequest, "system" | "messages">,
  { cachesPrompt = false }: { cachesPrompt?: boolean } = {},
): (messages: readonly BaseMessage[]) => Buffer {
  const written = new WeakMap<BaseMessage, WrittenMessage>();

  function write(message: BaseMessage): WrittenMessage {
    const known = written.get(message);
    if (known) return known;
    const { role, content } = toConverseMessage(message, modelId);
    const blocks = normaliseContent(content).map((block) => JSON.stringify(block));
    const result = { role, blocks: blocks.join(",") };
    written.set(message, result);
    return result;
  }

  return (messages) => {
    const system: ConverseRequest["system"] = [];
    let conversation = "";
    let lastRole: WrittenMessage["role"] | undefined;
    for (const message of messages) {
      if (SystemMessage.isInstance(message)) {
        const isFirst = system.length === 0;
        system.push({ text: textOf(message) });
        // What follows the first system message differs from call to call.
        if (isFirst && cachesPrompt) system.push(cachePoint);
        continue;
      }
      const { role, blocks } = write(message);
      if (blocks === "") continue;
      if (role === lastRole) conversation += `,${blocks}`;
      else conversation += `${lastRole ? "]}," : ""}{"role":"${role}","content":[${blocks}`;
      lastRole = role;
    }
    const end = lastRole ? "]}" : "";
    const fields = JSON.stringify({ system, ...settings }).slice(0, -1);
    return Buffer.from(`${fields},"messages":[${conversation}${end}]}`);
  };
}
