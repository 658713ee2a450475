import { jsonRpcError } from "#lib/facades/facade-problem.ts";
import { createStreamHandler, createUnknownRoute } from "#lib/platform/http/stream-handler.ts";
import { documentTools } from "#lib/tools/documents/document-tools.ts";
import { createRouteBucket } from "../dependencies.ts";
import { createTurnDependencies } from "../turn-dependencies.ts";
import { createMcp, createMcpOtherMethod } from "./route.ts";

const { bucket: readBucket, ...shared } = createTurnDependencies("mcp", "conversations");
const { config, database, telemetry } = shared;

/** The protocol's library is three fifths of this function's own code. */
async function loadServer() {
  const [{ answerMcp }, { mcpToolsOf }] = await Promise.all([
    import("#lib/facades/mcp-server.ts"),
    import("#lib/facades/mcp-tools.ts"),
  ]);
  return { answerMcp, mcpToolsOf };
}

const dependencies = {
  ...shared,
  readBucket,
  postBucket: createRouteBucket(shared, "chatPost"),
  version: config.version,
  documentTools: documentTools({ config, database, telemetry }),
  loadServer,
} satisfies Parameters<typeof createMcp>[0];
const answer = createMcp(dependencies);
const otherMethod = createMcpOtherMethod(dependencies);
const unknown = createUnknownRoute(
  telemetry,
  jsonRpcError,
  "Nothing found at this address. The path is /mcp.",
);

export const handler = createStreamHandler(({ method, path, isFunctionUrl }) => {
  if (isFunctionUrl && path !== "/mcp") return unknown;
  return method === "POST" ? answer : otherMethod;
});

shared.preparation.add(loadServer());
await shared.preparation.finish();
