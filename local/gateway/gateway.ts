import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Deployment, Route } from "#local/deployment.ts";
import { type HttpServer, listen } from "#local/http/listen.ts";
import { readBody } from "#local/http/read-body.ts";
import { requestUrl } from "#local/http/request-url.ts";
import type { LambdaHost } from "#local/lambda/lambda-host.ts";
import {
  collectHeaders,
  type ProxyResponse,
  sendResponse,
  toProxyResponse,
} from "#local/lambda/proxy-response.ts";
import { InvocationFailed } from "#local/lambda/sandbox.ts";
import { toGatewayEvent } from "./gateway-event.ts";
import { type GatewayResponseType, sendGatewayResponse } from "./gateway-responses.ts";
import { matchRoute } from "./match-route.ts";
import { createUsageMeter } from "./usage-plan.ts";

interface GatewayOptions {
  deployment: Pick<Deployment, "routes" | "usagePlan" | "gatewayResponses">;
  host: Pick<LambdaHost, "invoke">;
  apiKeys: readonly string[];
}

const maxRequestBytes = 10 * 1024 * 1024;
/** Lambda's limit for an event, and for a buffered response. */
const maxLambdaBytes = 6 * 1024 * 1024;

/** Stands in for API Gateway's REST API: routes, API keys, usage plan, v1 events, buffered and streamed responses. */
export async function startGateway({
  deployment,
  host,
  apiKeys,
}: GatewayOptions): Promise<HttpServer> {
  const admit = createUsageMeter(deployment.usagePlan);

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const requestId = randomUUID();
    response.setHeader("x-amzn-requestid", requestId);
    const refuse = (type: GatewayResponseType) =>
      sendGatewayResponse(response, deployment.gatewayResponses, type, requestId);
    try {
      const result = await handle(request, requestId);
      if (typeof result === "string") return refuse(result);
      const headers = remapHeaders(collectHeaders(result.head));
      await sendResponse(response, result.head.statusCode, headers, result.body);
    } catch (error) {
      // The function's log has the reason. A response that has already begun is cut.
      if (!(error instanceof InvocationFailed)) throw error;
      if (response.headersSent) response.destroy();
      else refuse("DEFAULT_5XX");
    }
  }

  /** Returns the function's response, or the type of the gateway's own response. */
  async function handle(
    request: IncomingMessage,
    requestId: string,
  ): Promise<ProxyResponse | GatewayResponseType> {
    const match = matchRoute(
      deployment.routes,
      request.method ?? "GET",
      requestUrl(request).pathname,
    );
    if (!match) return "MISSING_AUTHENTICATION_TOKEN";

    const apiKey = match.route.private ? String(request.headers["x-api-key"] ?? "") : undefined;
    if (apiKey !== undefined) {
      if (!apiKeys.includes(apiKey)) return "INVALID_API_KEY";
      const verdict = admit(apiKey);
      if (verdict !== "ok") return verdict;
    }

    const body = await readBody(request, maxRequestBytes);
    if (!body) return "REQUEST_TOO_LARGE";
    const event = toGatewayEvent(request, { match, body, requestId, apiKey });
    if (Buffer.byteLength(JSON.stringify(event)) > maxLambdaBytes) return "REQUEST_TOO_LARGE";
    return invoke(match.route, event);
  }

  async function invoke(
    route: Route,
    event: unknown,
  ): Promise<ProxyResponse | GatewayResponseType> {
    const invoked = host.invoke(route.functionName, event).then(toProxyResponse);
    const result = await withTimeout(route.timeoutMs, invoked);
    if (result === "timeout") {
      // The function continues. The gateway discards its response.
      invoked.then(discard, () => {});
      return "INTEGRATION_TIMEOUT";
    }
    if (result && isAllowed(result, route)) return result;
    discard(result);
    return "DEFAULT_5XX";
  }

  return listen(serve);
}

/** A streaming route requires a stream with a prelude, other routes a buffered response. */
function isAllowed({ body }: ProxyResponse, { streamed }: Route): boolean {
  return Buffer.isBuffer(body) ? !streamed && body.length <= maxLambdaBytes : streamed;
}

function discard(response: ProxyResponse | undefined): void {
  if (response && !Buffer.isBuffer(response.body)) void response.body.return();
}

async function withTimeout<Value>(
  timeoutMs: number,
  promise: Promise<Value>,
): Promise<Value | "timeout"> {
  const { promise: timeout, resolve } = Promise.withResolvers<"timeout">();
  const timer = setTimeout(() => resolve("timeout"), timeoutMs);
  try {
    return await Promise.race([promise, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** API Gateway sets these headers itself and renames the function's. */
function remapHeaders(headers: Record<string, string | string[]>) {
  const own = ["connection", "content-length", "date", "server", "www-authenticate"];
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      own.includes(name) ? `x-amzn-remapped-${name}` : name,
      value,
    ]),
  );
}
