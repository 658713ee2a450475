import type { McpServer } from "#lib/platform/mcp-servers.ts";
import { idempotencyMeta } from "./idempotency-meta.ts";
import type { ListedTool } from "./list-tools.ts";
import { McpFailure } from "./mcp-failure.ts";
import { resultText } from "./result-text.ts";
import { type PriorDiscovery, withSession } from "./session.ts";

export interface McpCall {
  server: McpServer;
  tool: ListedTool;
  arguments: Record<string, unknown>;
  prior: PriorDiscovery;
  version: string;
  signal: AbortSignal;
  /** How long the call itself may take. */
  timeoutMs: number;
  /** Sent with the call, so that a server can recognise a repetition. */
  idempotencyKey?: string | undefined;
  /** Called with the server's words about how far the call is. */
  onProgress: (words: string) => void;
}

/** @returns the tool's text, and whether the tool says that it failed. @throws McpFailure */
export async function callTool(call: McpCall): Promise<{ text: string; isError: boolean }> {
  const { server, version, signal, prior, timeoutMs } = call;
  let isCalling = false;
  try {
    return await withSession(server, { version, signal, prior }, async (client) => {
      isCalling = true;
      const { outputSchema: _, ...toolDefinition } = call.tool;
      const result = await client.callTool(
        {
          name: call.tool.name,
          arguments: call.arguments,
          ...(call.idempotencyKey && { _meta: { [idempotencyMeta]: call.idempotencyKey } }),
        },
        {
          ...{ signal, timeout: timeoutMs, maxTotalTimeout: timeoutMs },
          // Nothing of ours reads a result by its schema, and a call that has acted is not undone by a wrong one.
          toolDefinition,
          onprogress: ({ progress, total, message }) =>
            call.onProgress(progressWords(progress, total, message)),
        },
      );
      return { text: resultText(result), isError: result.isError === true };
    });
  } catch (error) {
    // Before the call itself nothing can have happened.
    if (isCalling || !(error instanceof McpFailure) || !error.mayHaveActed) throw error;
    throw new McpFailure(error.reason, { mayHaveActed: false, cause: error });
  }
}

function progressWords(progress: number, total?: number, message?: string): string {
  const count = total === undefined ? `${progress}` : `${progress} of ${total}`;
  return message ? `${message} (${count})` : count;
}
