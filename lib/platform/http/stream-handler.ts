import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { RequestTelemetry } from "#lib/platform/telemetry.ts";
import { defineStreamRoute } from "./define-route.ts";
import { HttpProblem } from "./http-problem.ts";
import type { ProblemForm } from "./respond-with-problem.ts";

/** What decides which route of a function answers a request. */
interface RoutedRequest {
  method: string;
  path: string;
  /** API Gateway forwards only the routes in serverless.yml. The function URL forwards every path and method. */
  isFunctionUrl: boolean;
}

/** A route of `defineStreamRoute`. Middy's types describe only the buffered call. In its streaming mode the second argument is Lambda's stream. */
type StreamRoute = unknown;
type StreamingCall = (
  event: APIGatewayProxyEvent | APIGatewayProxyEventV2,
  stream: awslambda.HttpResponseStream,
  context: Context,
) => Promise<void>;

/** Returns the handler of a function with several routes that stream. Needs Lambda's global `awslambda`. */
export const createStreamHandler = (
  routeOf: (request: RoutedRequest) => StreamRoute | Promise<StreamRoute>,
) =>
  awslambda.streamifyResponse<APIGatewayProxyEvent | APIGatewayProxyEventV2>(
    async (event, stream, context) => {
      const route = (await routeOf(routedRequest(event))) as StreamingCall;
      await route(event, stream, context);
    },
  );

function routedRequest(event: APIGatewayProxyEvent | APIGatewayProxyEventV2): RoutedRequest {
  if (!("rawPath" in event)) {
    return { method: event.httpMethod, path: event.path, isFunctionUrl: false };
  }
  const { method } = event.requestContext.http;
  return { method, path: event.rawPath, isFunctionUrl: true };
}

/** Returns the route for every other path and method of a function URL: a 404 in the protocol's own form. */
export const createUnknownRoute = (
  telemetry: RequestTelemetry,
  form?: ProblemForm,
  detail = "Nothing found at this address. Check the path and the method.",
) =>
  defineStreamRoute("unknown", telemetry, form).handler(async () => {
    throw new HttpProblem("not_found", 404, detail);
  });
