import type { APIGatewayProxyEvent, Context } from "aws-lambda";

interface EventOptions {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  params?: Record<string, string>;
  body?: unknown;
  sourceIp?: string;
}

/** Returns an API Gateway v1 event with the fields that our routes read. Encodes a body that is no string as JSON. */
export function gatewayEvent(options: EventOptions = {}): APIGatewayProxyEvent {
  const { method = "GET", path = "/", headers = {}, query, params, body } = options;
  const text = typeof body === "string" || body === undefined ? body : JSON.stringify(body);
  return {
    httpMethod: method,
    path,
    resource: path,
    headers: { ...(text !== undefined && { "Content-Type": "application/json" }), ...headers },
    multiValueHeaders: {},
    queryStringParameters: query ?? null,
    multiValueQueryStringParameters: null,
    pathParameters: params ?? null,
    stageVariables: null,
    body: text ?? null,
    isBase64Encoded: false,
    requestContext: {
      identity: { sourceIp: options.sourceIp ?? "192.0.2.1" },
    } as unknown as APIGatewayProxyEvent["requestContext"],
  };
}

function lambdaContext(): Context {
  return {
    awsRequestId: "aws-request",
    getRemainingTimeInMillis: () => 900_000,
  } as unknown as Context;
}

interface GatewayResponse {
  statusCode: number;
  headers: Record<string, string>;
  multiValueHeaders?: Record<string, string[]>;
  body: string;
}

/** Calls a middy handler as the Lambda runtime does. */
export async function invoke(
  handler: unknown,
  event: APIGatewayProxyEvent,
): Promise<GatewayResponse> {
  const run = handler as (
    event: APIGatewayProxyEvent,
    context: Context,
  ) => Promise<GatewayResponse>;
  return run(event, lambdaContext());
}
