import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from "aws-lambda";
import { createApprovalLinks } from "#lib/auth/approval-link.ts";
import { createRunner } from "#lib/chat/runner.ts";
import { documentTools } from "#lib/tools/documents/document-tools.ts";
import {
  createCallerDependencies,
  createRouteBucket,
  createRouteDatabase,
} from "../dependencies.ts";
import { createMcp, createMcpOtherMethod, createMcpUnknown } from "./route.ts";

const { bucket: readBucket, ...shared } = createCallerDependencies("mcp", "conversations");
const { config, secrets, telemetry } = shared;
const database = createRouteDatabase(shared);
const runner = createRunner({ config, database, secrets, telemetry });

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
  ...runner,
  approvalLinks: createApprovalLinks({
    tokenKeys: secrets.tokenKeys,
    publicOrigin: shared.publicOrigin,
  }),
  readBucket,
  postBucket: createRouteBucket(shared, "chatPost"),
  messageLimit: config.messageLimit,
  version: config.version,
  documentTools: documentTools({ config, database, telemetry }),
  loadServer,
} satisfies Parameters<typeof createMcp>[0];
const answer = asStreaming(createMcp(dependencies));
const otherMethod = asStreaming(createMcpOtherMethod(dependencies));
const unknown = asStreaming(createMcpUnknown(dependencies));

export const handler = awslambda.streamifyResponse(async (event: Event, stream, context) => {
  await routeOf(event)(event, stream, context);
});

type Event = APIGatewayProxyEvent | APIGatewayProxyEventV2;

/** API Gateway forwards only the routes in serverless.yml. The function URL forwards every path and method. */
function routeOf(event: Event): StreamingHandler {
  const isUrl = "rawPath" in event;
  if (isUrl && event.rawPath !== "/mcp") return unknown;
  const method = isUrl ? event.requestContext.http.method : event.httpMethod;
  return method === "POST" ? answer : otherMethod;
}

/** Middy's types describe only the buffered call. In its streaming mode the second argument is Lambda's stream. */
function asStreaming(route: unknown): StreamingHandler {
  return route as StreamingHandler;
}

type StreamingHandler = (
  event: Event,
  stream: awslambda.HttpResponseStream,
  context: Context,
) => Promise<void>;

shared.preparation.add(runner.prepare(), loadServer());
await shared.preparation.finish();
