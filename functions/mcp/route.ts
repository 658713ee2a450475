import { Readable } from "node:stream";
import type { MiddlewareObj } from "@middy/core";
import { type McpMessage, oneMcpMessage } from "#lib/contract/mcp.ts";
import { jsonRpcError } from "#lib/facades/facade-problem.ts";
import { toolNameIn } from "#lib/facades/mcp-request.ts";
import type { answerMcp } from "#lib/facades/mcp-server.ts";
import type { McpToolsDependencies, mcpToolsOf } from "#lib/facades/mcp-tools.ts";
import {
  type Caller,
  type RequestWithCredential,
  requireCaller,
  requireCredential,
} from "#lib/keys/require-caller.ts";
import { defineStreamRoute } from "#lib/platform/http/define-route.ts";
import { HttpProblem } from "#lib/platform/http/http-problem.ts";
import type { HttpRequest } from "#lib/platform/http/http-request.ts";
import type { HttpResponse } from "#lib/platform/http/http-response.ts";
import { parseBody } from "#lib/platform/http/parse-request.ts";
import { type NetworkCheck, sideBySide } from "#lib/platform/http/side-by-side.ts";
import type { Bucket } from "#lib/rate-limit/bucket.ts";
import { limitRate } from "#lib/rate-limit/limit-rate.ts";
import type { TurnRouteDependencies } from "../turn-dependencies.ts";

interface McpDependencies
  extends TurnRouteDependencies,
    Pick<McpToolsDependencies, "documentTools"> {
  /** Counts calls of `ask`. */
  postBucket: Bucket;
  /** Counts calls that read documents. */
  readBucket: Bucket;
  version: string;
  /** Loads the protocol's library and the tools. */
  loadServer: () => Promise<McpServing>;
}

interface McpServing {
  answerMcp: typeof answerMcp;
  mcpToolsOf: typeof mcpToolsOf;
}

type CalledRequest = RequestWithCredential & { caller: Caller; body: McpMessage };

/** As for every stream: proxies neither keep it nor change it. */
const streamHeaders = { "cache-control": "no-store, no-transform", "x-accel-buffering": "no" };

/** As much as the protocol's library reads. */
const maxBodyBytes = 4 * 1024 * 1024;

/** `POST /mcp`: answers one message of the Model Context Protocol. */
export function createMcp(dependencies: McpDependencies) {
  const { telemetry, publicOrigin } = dependencies;
  return defineStreamRoute("mcp", telemetry, jsonRpcError)
    .use(requireCredential(dependencies, { cookies: false }))
    .use(refuseOtherOrigins(publicOrigin))
    .use(parseBody(oneMcpMessage, { maxBytes: maxBodyBytes }))
    .use(sideBySide(requireScopeOfTool(dependencies), limitTool(dependencies)))
    .handler(async (request, context) => {
      const { answerMcp, mcpToolsOf } = await dependencies.loadServer();
      /** What must end before this invocation does, beside the response. */
      const work: Promise<void>[] = [];
      const tools = mcpToolsOf(dependencies, {
        request,
        remainingMs: () => context.getRemainingTimeInMillis(),
        work,
      });
      const { version } = dependencies;
      const answer = await answerMcp({ version, tools }, webRequestOf(request), request.body);
      return responseOf(answer, work);
    });
}

/** Clients of 2025 open a stream with GET, and end a session with DELETE. There is neither: 405 tells them so. */
export function createMcpOtherMethod({ telemetry }: Pick<McpDependencies, "telemetry">) {
  return defineStreamRoute("mcp-other-method", telemetry, jsonRpcError).handler(async () => {
    throw new HttpProblem("not_found", 405, "Send messages with POST.", {
      headers: { allow: "POST" },
    });
  });
}

/** The library does not look at Origin. Clients that are no browser send none. */
function refuseOtherOrigins(
  publicOrigin: string | undefined,
): MiddlewareObj<HttpRequest, HttpResponse> {
  return {
    before({ event: { headers } }) {
      const { origin } = headers;
      if (origin === undefined || origin === publicOrigin) return;
      throw new HttpProblem("cross_site", 403, "Requests from other sites are blocked.");
    },
  };
}

/** Every valid key may connect and read the list of tools. */
function requireScopeOfTool(dependencies: McpDependencies): NetworkCheck<CalledRequest> {
  const anyKey = requireCaller(dependencies, undefined);
  const chat = requireCaller(dependencies, "chat");
  const documents = requireCaller(dependencies, "documents:read");
  const ofTool = new Map([
    ["ask", chat],
    ["search_documents", documents],
    ["fetch_document", documents],
  ]);
  return {
    before: ({ event }) => (ofTool.get(toolNameIn(event.body) ?? "") ?? anyKey).before({ event }),
  };
}

/** Connecting spends nothing: a client takes a 429 for an old server. */
function limitTool({
  postBucket,
  readBucket,
  addressOf,
}: McpDependencies): NetworkCheck<CalledRequest> {
  const asking = limitRate(postBucket, addressOf);
  const reading = limitRate(readBucket, addressOf);
  const chosen = new WeakMap<HttpRequest, NetworkCheck<HttpRequest>>();
  return {
    async before({ event }) {
      const name = toolNameIn(event.body);
      if (name === undefined) return;
      const limit = name === "ask" ? asking : reading;
      chosen.set(event, limit);
      await limit.before({ event });
    },
    undo: async (event) => chosen.get(event)?.undo?.(event),
    after: async (request) => chosen.get(request.event)?.after?.(request),
    onError: async (request) => chosen.get(request.event)?.onError?.(request),
  };
}

/** The library reads no address and, because the body is parsed, no body. */
function webRequestOf({ headers }: HttpRequest): Request {
  const read = ["accept", "content-type", "mcp-protocol-version", "mcp-method", "mcp-name"];
  const sent = new Headers();
  for (const name of read) {
    const value = headers[name];
    if (value !== undefined && isHeaderValue.test(value)) sent.set(name, value);
  }
  return new Request("https://localhost/mcp", { method: "POST", headers: sent });
}

/** `Headers` throws for any other value. The library then says which header is missing. */
const isHeaderValue = /^[\t\x20-\x7e\x80-\xff]*$/;

async function responseOf(answer: Response, work: readonly Promise<void>[]): Promise<HttpResponse> {
  const headers = Object.fromEntries(answer.headers);
  const { status: statusCode, body } = answer;
  if (!body || !headers["content-type"]?.startsWith("text/event-stream")) {
    return { statusCode, headers, body: await answer.text() };
  }
  return {
    statusCode,
    headers: { ...headers, ...streamHeaders },
    body: Readable.from(untilDone(body, work), { objectMode: false }),
  };
}

/** The invocation ends with its response, and Lambda freezes a function after its invocation. So the response ends after all work. */
async function* untilDone(
  body: ReadableStream<Uint8Array>,
  work: readonly Promise<void>[],
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } finally {
    await Promise.allSettled(work);
  }
}
