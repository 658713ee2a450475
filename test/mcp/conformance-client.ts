// The conformance suites start this program as the client under test: `node conformance-client.ts <url>`. It does what a
// turn does: it looks up the server's tools and calls each of them once.
import { listTools } from "#lib/mcp/list-tools.ts";
import { createMcpToolSource } from "#lib/tools/mcp-tool-source.ts";
import type { Tool } from "#lib/tools/tool.ts";
import { recordingTelemetry } from "#test/support/recording-telemetry.ts";
import { toolContext } from "#test/support/tool-context.ts";

const url = process.argv.at(-1) ?? "";
const context: unknown = JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? "{}");
/** The scenario's own calls, if it names any. */
const given: { name: string; arguments: Record<string, unknown> }[] | undefined =
  Object(context).toolCalls;

const examples: Record<string, unknown> = {
  ...{ number: 5, integer: 5, string: "text", boolean: true, array: [], object: {} },
};

const { telemetry, lines } = recordingTelemetry();
const server = { name: "server", url, headers: {}, allow: ["*"], reads: ["*"] };
const source = createMcpToolSource({
  servers: async () => [server],
  ...{ version: "1.0.0", telemetry },
});
const { tools, isComplete } = await source.load(new AbortController().signal);
console.log(`${tools.length} tools, complete: ${isComplete}`, lines);
for (const tool of tools) await call(tool);

async function call(tool: Tool): Promise<void> {
  const own = given?.filter(({ name }) => tool.name === `server_${name}`);
  for (const input of own?.map((one) => one.arguments) ?? [await exampleOf(tool)]) {
    try {
      console.log(tool.name, JSON.stringify(input), await tool.run(input, toolContext()));
    } catch (error) {
      console.log(tool.name, JSON.stringify(input), String(error));
    }
  }
}

async function exampleOf({ name, inputJsonSchema }: Tool): Promise<Record<string, unknown>> {
  // This scenario wants its schema back as the client has received it. The model gets a simpler one.
  if (name === "server_json_schema_echo") {
    const { tools } = await listTools(server, {
      version: "1.0.0",
      signal: AbortSignal.timeout(5_000),
    });
    return { schema: tools.find((tool) => tool.name === "json_schema_2020_12_tool")?.inputSchema };
  }
  const properties: Record<string, { type?: string }> = Object(Object(inputJsonSchema).properties);
  return Object.fromEntries(
    Object.entries(properties).map(([key, { type = "string" }]) => [key, examples[type]]),
  );
}
