import { createHash } from "node:crypto";
import type { JsonObject } from "#lib/platform/json.ts";
import type { McpServer } from "#lib/platform/mcp-servers.ts";
import { matchesPattern } from "#lib/platform/name-pattern.ts";
import { storableText } from "#lib/platform/storable-text.ts";
import type { ListedTool, ToolList } from "./list-tools.ts";
import { modelSchema } from "./model-schema.ts";

/** A server with what it has listed. */
export interface ListedServer {
  server: McpServer;
  list: ToolList;
}

/** A tool of a server, in the form in which a model may know it. */
export interface OfferedTool extends ListedServer {
  name: string;
  description: string;
  inputJsonSchema: JsonObject;
  tool: ListedTool;
  /** The operators say that the tool only reads. */
  onlyReads: boolean;
}

/** Every tool costs the model attention and the deployment tokens, with each call. */
export const maxTools = 40;
const maxSchemaBytes = 32 * 1024;
const maxDescriptionBytes = 1_024;
/** Bedrock's limit. */
const maxNameLength = 64;

/**
 * Returns the tools that fit, in the order of the servers, which is always the same. `leftOut` counts the tools that the
 * deployment allows and that do not fit, or that a model could not call.
 * @param reserved names of this system's own tools, which no server may take
 */
export function offerTools(
  servers: readonly ListedServer[],
  reserved: ReadonlySet<string>,
): { offered: readonly OfferedTool[]; leftOut: number } {
  const allowed = servers.flatMap(({ server, list }) =>
    distinct(list.tools)
      .filter(({ name }) => server.allow.some((pattern) => matchesPattern(pattern, name)))
      .map((tool) => ({ server, list, tool, plainName: plainName(server, tool) })),
  );
  const counts = Map.groupBy(allowed, ({ plainName }) => plainName);
  const offered: OfferedTool[] = [];
  let bytes = 0;
  for (const { plainName, ...one } of allowed) {
    const { server, tool } = one;
    const isAmbiguous = reserved.has(plainName) || (counts.get(plainName)?.length ?? 0) > 1;
    const inputJsonSchema = modelSchema(tool.inputSchema);
    if (offered.length >= maxTools || inputJsonSchema === undefined) continue;
    const description = describe(server, tool);
    const size = Buffer.byteLength(description + JSON.stringify(inputJsonSchema));
    if (bytes + size > maxSchemaBytes) continue;
    bytes += size;
    offered.push({
      ...one,
      ...{ description, inputJsonSchema },
      name: fittingName(plainName, tool, isAmbiguous),
      onlyReads: server.reads.some((pattern) => matchesPattern(pattern, tool.name)),
    });
  }
  return { offered, leftOut: allowed.length - offered.length };
}

function distinct(tools: readonly ListedTool[]): ListedTool[] {
  return [...new Map(tools.toReversed().map((tool) => [tool.name, tool])).values()].toReversed();
}

/** In snake_case: Amazon Nova writes invalid calls for a name with a hyphen. */
function plainName(server: McpServer, { name }: ListedTool): string {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "")
    .toLowerCase();
  return `${server.name}_${words || "tool"}`;
}

/** A name that is too long, or another tool's, ends with a digest of the server's own name of the tool. */
function fittingName(name: string, tool: ListedTool, isAmbiguous: boolean): string {
  if (name.length <= maxNameLength && !isAmbiguous) return name;
  const digest = createHash("sha256").update(tool.name).digest("hex").slice(0, 8);
  return `${name.slice(0, maxNameLength - digest.length - 1)}_${digest}`;
}

/** The description is a foreign text, so it begins with the name of its server. */
function describe(server: McpServer, { name, title, description }: ListedTool): string {
  const words = [title, description]
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a model need not read them
    .map((text) => text?.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, "").trim())
    .filter(Boolean)
    .join(". ");
  const text = storableText(`From the server ${server.name}: ${words || name}`);
  const bytes = Buffer.from(text);
  if (bytes.length <= maxDescriptionBytes) return text;
  // In streaming mode the decoder drops a character that the limit has cut in half.
  const kept = bytes.subarray(0, maxDescriptionBytes - 3);
  return `${new TextDecoder().decode(kept, { stream: true })}…`;
}
