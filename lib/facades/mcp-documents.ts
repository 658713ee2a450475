import type { DocumentPassages } from "#lib/contract/mcp.ts";
import { conform } from "#lib/platform/http/parse-request.ts";
import { type Tool, type ToolContext, ToolRefusal } from "#lib/tools/tool.ts";
import type { McpResult } from "./mcp-stream.ts";

/** Names no conversation: a program reads what belongs to everyone, and to its owner, but no attachment of a chat. */
const noConversation = "00000000-0000-0000-0000-000000000000";

/** As long as the agent waits for a tool. */
const timeoutMs = 15_000;

/**
 * Calls a tool that reads documents, as the agent does, and returns the passages that it has read.
 * @throws HttpProblem 400 that names the argument; DatabaseUnavailable
 */
export async function readDocuments(
  tool: Tool,
  input: unknown,
  { owner, signal }: Pick<ToolContext, "owner" | "signal">,
): Promise<McpResult> {
  const passages: DocumentPassages["passages"] = [];
  const context: ToolContext = {
    ...{ owner, conversationId: noConversation },
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    cite(source, passage) {
      const index = passages.length + 1;
      passages.push({ ...source, index, text: passage?.text ?? source.quote });
      return index;
    },
    report: () => {},
  };
  try {
    const checked = conform(tool.input, input ?? {}, "arguments");
    const output = await tool.run(checked, context);
    const text = typeof output === "string" ? output : output.text;
    return { kind: "result", texts: [text], structured: { passages }, isError: false };
  } catch (error) {
    if (!(error instanceof ToolRefusal)) throw error;
    return { kind: "result", texts: [sentenceOf(error)], isError: true };
  }
}

/** The model reads a reason as the end of a sentence. */
const sentenceOf = ({ message }: ToolRefusal): string =>
  `${message.charAt(0).toUpperCase()}${message.slice(1)}`;
