import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type ClientCapabilities,
  createMcpHandler,
  type InputRequiredResult,
  inputRequired,
  type McpRequestContext,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from "@modelcontextprotocol/server";
import type { JsonObject } from "#lib/platform/json.ts";
import type { McpCall } from "./mcp-request.ts";
import type { McpResult } from "./mcp-stream.ts";

/** What a tool may do during its call, beside reading it. */
export interface McpCaller extends McpCall {
  signal: AbortSignal;
  /** Shows the client how far the call is, if it wants to know. */
  report: (progress: string) => void;
  /** Whether the client can ask its user for a decision. */
  canAsk: boolean;
  /** Whether the client calls again by itself. */
  canReturn: boolean;
}

/** A tool as the protocol knows it. */
export interface McpTool {
  name: string;
  title: string;
  description: string;
  inputSchema: JsonObject;
  outputSchema: JsonObject;
  /** Whether a call changes nothing. */
  isReading: boolean;
  /** Never throws: the client would read the error word for word. */
  run: (caller: McpCaller) => Promise<McpResult>;
}

interface McpServing {
  version: string;
  tools: readonly McpTool[];
}

/** A stream that is silent for 30 s is cut on the way. */
const keepAliveMs = 10_000;

/**
 * Answers one message, in the protocol of 2026-07-28 or those of 2025. Keeps nothing between two messages. Every result is streamed,
 * because an answer takes longer than a silent connection lasts.
 */
export function answerMcp(
  serving: McpServing,
  request: Request,
  message: unknown,
): Promise<Response> {
  const handler = createMcpHandler((context) => createServer(serving, context), {
    responseMode: "sse",
    keepAliveMs,
    // A subscription would keep a function running, and the list of tools changes only with a deployment.
    maxSubscriptions: 0,
  });
  return handler.fetch(request, { parsedBody: message });
}

const instructions =
  "ask puts a question or a task to the team's assistant, which has tools and the team's documents, and may take minutes.";

function createServer({ version, tools }: McpServing, { era }: McpRequestContext): Server {
  const server = new Server(
    { name: "enterprise-agentic-ai", version },
    { capabilities: { tools: {} }, instructions },
  );
  server.setRequestHandler("tools/list", () => ({ tools: tools.map(definitionOf) }));
  server.setRequestHandler("tools/call", async ({ params }, context) => {
    const tool = tools.find(({ name }) => name === params.name);
    if (!tool) throw unknownTool(params.name);
    return toolResult(await tool.run(callerOf(params.arguments, context, era)));
  });
  return server;
}

const definitionOf = ({
  name,
  title,
  description,
  inputSchema,
  outputSchema,
  isReading,
}: McpTool) => ({
  ...{ name, title, description },
  inputSchema: { ...inputSchema, type: "object" as const },
  outputSchema: { ...outputSchema, type: "object" as const },
  annotations: { readOnlyHint: isReading, destructiveHint: !isReading, openWorldHint: !isReading },
});

const unknownTool = (name: string) =>
  new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no tool "${name}".`);

function callerOf(
  given: unknown,
  { mcpReq }: ServerContext,
  era: McpRequestContext["era"],
): McpCaller {
  const { _meta: meta, envelope, inputResponses, signal } = mcpReq;
  const capabilities: Partial<ClientCapabilities> = Object(
    Object(envelope)[CLIENT_CAPABILITIES_META_KEY],
  );
  const { elicitation } = capabilities;
  return {
    ...{ arguments: given, meta, inputResponses, signal },
    requestState: mcpReq.requestState(),
    report: createReport(mcpReq),
    // A client that names no mode can show a form.
    canAsk: elicitation !== undefined && (elicitation.form !== undefined || !elicitation.url),
    // A client of 2025 would have to be asked over a second connection, which may meet another instance.
    canReturn: era === "modern",
  };
}

function createReport({ _meta, notify }: ServerContext["mcpReq"]): McpCaller["report"] {
  const progressToken = _meta?.progressToken;
  if (progressToken === undefined) return () => {};
  let progress = 0;
  return (message) => {
    progress += 1;
    // A client that has left does not stop the call.
    notify({
      method: "notifications/progress",
      params: { progressToken, progress, message },
    }).catch(() => {});
  };
}

function toolResult(result: McpResult): CallToolResult | InputRequiredResult {
  if (result.kind === "result") {
    const { texts, structured, isError } = result;
    return {
      content: texts.map((text) => ({ type: "text", text })),
      ...(structured && { structuredContent: structured }),
      ...(isError && { isError }),
    };
  }
  const questions = Object.entries(result.questions).map(([key, { message, requestedSchema }]) => [
    key,
    inputRequired.elicit({ message, requestedSchema }),
  ]);
  return inputRequired({
    ...(questions.length > 0 && { inputRequests: Object.fromEntries(questions) }),
    requestState: result.requestState,
  });
}
