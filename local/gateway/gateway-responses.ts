import type { ServerResponse } from "node:http";
import type { GatewayResponse } from "#local/deployment.ts";

/** API Gateway's own answers that the twin gives, by their names in the template. */
export const gatewayResponseTypes = [
  "MISSING_AUTHENTICATION_TOKEN",
  "INVALID_API_KEY",
  "THROTTLED",
  "QUOTA_EXCEEDED",
  "REQUEST_TOO_LARGE",
  "INTEGRATION_TIMEOUT",
  "DEFAULT_5XX",
] as const;
export type GatewayResponseType = (typeof gatewayResponseTypes)[number];

/** Sends one of them as the template words it. */
export function sendGatewayResponse(
  response: ServerResponse,
  gatewayResponses: readonly GatewayResponse[],
  type: GatewayResponseType,
  requestId: string,
): void {
  const worded = gatewayResponses.find((entry) => entry.type === type);
  if (!worded) throw new Error(`infra/gateway-responses.yml has no gateway response ${type}.`);
  const body = worded.template.replaceAll("$context.requestId", requestId);
  response.writeHead(worded.statusCode, worded.headers).end(body);
}
