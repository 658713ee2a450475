import * as v from "valibot";
import { createArgumentChecker } from "#lib/mcp/argument-checker.ts";
import { callTool } from "#lib/mcp/call-tool.ts";
import { McpFailure } from "#lib/mcp/mcp-failure.ts";
import { type ListedServer, type OfferedTool, offerTools } from "#lib/mcp/offered-tools.ts";
import { createToolLists } from "#lib/mcp/tool-lists.ts";
import { isJsonObject, type JsonObject } from "#lib/platform/json.ts";
import type { McpServer } from "#lib/platform/mcp-servers.ts";
import type { Telemetry } from "#lib/platform/telemetry.ts";
import { ownToolNames } from "./own-tool-names.ts";
import { type Tool, ToolRefusal } from "./tool.ts";
import type { ToolSource } from "./tool-source.ts";

export interface McpToolParts {
  servers: () => Promise<readonly McpServer[]>;
  /** Of this system, for the servers. */
  version: string;
  telemetry: Telemetry;
  now?: (() => number) | undefined;
}

/** The most that the gate gives a call. */
const timeoutMs = 60_000;
const maxWordsLength = 200;

/** Returns the source of the tools of all configured servers. */
export function createMcpToolSource(parts: McpToolParts): ToolSource {
  const lists = createToolLists(parts);
  const { telemetry } = parts;
  let made: { listed: readonly ListedServer[]; tools: readonly Tool[] } | undefined;

  function toolsOf(listed: readonly ListedServer[]): readonly Tool[] {
    if (made && haveSameLists(made.listed, listed)) return made.tools;
    const { offered, leftOut } = offerTools(listed, ownToolNames);
    if (leftOut > 0) {
      telemetry.warn("mcp.tools_left_out", { offered: offered.length, left_out: leftOut });
    }
    const tools = offered.map((one) => toTool(one, parts, () => lists.expire(one.server)));
    made = { listed, tools };
    return tools;
  }

  return {
    async load(signal) {
      try {
        const servers = await parts.servers();
        const listed = await lists.load(servers, signal);
        return { tools: toolsOf(listed), isComplete: listed.length === servers.length };
      } catch (error) {
        telemetry.error("mcp.servers_unreadable", error);
        return { tools: [], isComplete: false };
      }
    },
  };
}

const haveSameLists = (some: readonly ListedServer[], others: readonly ListedServer[]): boolean =>
  some.length === others.length && some.every(({ list }, index) => list === others[index]?.list);

/** A server's own hints about what its tools do are not trusted: without the operators' word a tool changes something. */
function toTool(offered: OfferedTool, parts: McpToolParts, onOutdated: () => void): Tool {
  const { name, description, inputJsonSchema, onlyReads, server, list, tool } = offered;
  return {
    ...{ name, description, inputJsonSchema, timeoutMs },
    input: inputOf(createArgumentChecker(tool.inputSchema)),
    effect: onlyReads ? "external_read" : "write",
    async run(input, { signal, receiptId, report }) {
      try {
        const { text, isError } = await callTool({
          ...{ server, tool, signal, timeoutMs, version: parts.version, prior: list.prior },
          arguments: input as Record<string, unknown>,
          idempotencyKey: receiptId,
          onProgress: report,
        });
        if (isError) throw new ToolRefusal(failureOf(offered, text));
        return text;
      } catch (error) {
        if (!(error instanceof McpFailure)) throw error;
        onOutdated();
        // The gate treats the effect as unknown, and logs the failure.
        if (error.mayHaveActed && !onlyReads) throw error;
        throw new ToolRefusal(sentenceOf(server, error), { cause: error });
      }
    },
  };
}

/** The server has answered, so its words count. A tool that changes something may have failed half-way. */
function failureOf({ server, onlyReads }: OfferedTool, words: string): string {
  const half = onlyReads ? "" : ", perhaps after a part of its work";
  return `the tool of the server ${server.name} says that it failed${half}: ${quote(words)}`;
}

function sentenceOf(server: McpServer, { predicate, words }: McpFailure): string {
  return `the server ${server.name} ${predicate}${words === undefined ? "." : `: ${quote(words)}`}`;
}

function quote(words: string): string {
  const line = words.replace(/\s+/g, " ").trim() || "(no words)";
  return line.length > maxWordsLength ? `${line.slice(0, maxWordsLength)}…` : line;
}

function inputOf(faultOf: (input: unknown) => string | undefined): v.GenericSchema<unknown> {
  return v.pipe(
    v.custom<JsonObject>(isJsonObject, "must be a JSON object"),
    v.check(
      (input) => faultOf(input) === undefined,
      ({ input }) => faultOf(input) ?? "",
    ),
  );
}
