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
/** Lambda's limit for an answer that is not streamed. */
const maxAnswerBytes = 6 * 1024 * 1024;

/** Amazon API Gateway, a REST API: routes, API keys, usage plan, v1 events, answers whole or as they come. */
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
      const answer = await answerOf(request, requestId);
      if (typeof answer === "string") return refuse(answer);
      const headers = remapHeaders(collectHeaders(answer.head));
      await sendResponse(response, answer.head.statusCode, headers, answer.body);
    } catch (error) {
      // The function's log tells why it failed. Whoever has a part of the answer already sees it cut.
      if (!(error instanceof InvocationFailed)) throw error;
      if (response.headersSent) response.destroy();
      else refuse("DEFAULT_5XX");
    }
  }

  /** What the function says, or what API Gateway says in its place. */
  async function answerOf(
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
    return invoke(match.route, toGatewayEvent(request, { match, body, requestId, apiKey }));
  }

  async function invoke(
    route: Route,
    event: unknown,
  ): Promise<ProxyResponse | GatewayResponseType> {
    const answered = host.invoke(route.functionName, event).then(toProxyResponse);
    const answer = await within(route.timeoutMs, answered);
    if (answer === "late") {
      // The function goes on; what it says goes nowhere.
      answered.then(discard, () => {});
      return "INTEGRATION_TIMEOUT";
    }
    if (answer && fits(answer, route)) return answer;
    discard(answer);
    return "DEFAULT_5XX";
  }

  return listen(serve);
}

/** A streaming route wants a stream with a prelude, the others want it whole. */
function fits({ body }: ProxyResponse, { streamed }: Route): boolean {
  return Buffer.isBuffer(body) ? !streamed && body.length <= maxAnswerBytes : streamed;
}

function discard(answer: ProxyResponse | undefined): void {
  if (answer && !Buffer.isBuffer(answer.body)) void answer.body.return();
}

async function within<Value>(timeoutMs: number, promise: Promise<Value>): Promise<Value | "late"> {
  const { promise: late, resolve } = Promise.withResolvers<"late">();
  const timer = setTimeout(() => resolve("late"), timeoutMs);
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Headers that API Gateway keeps for itself come out under another name. */
function remapHeaders(headers: Record<string, string | string[]>) {
  const own = ["connection", "content-length", "date", "server", "www-authenticate"];
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      own.includes(name) ? `x-amzn-remapped-${name}` : name,
      value,
    ]),
  );
}
