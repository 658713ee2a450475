import type { ServerResponse } from "node:http";
import type { GatewayResponse } from "#local/deployment.ts";

/** The responses that the gateway itself sends, by their names in the template. */
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

/** Sends a response with status, headers and body of the template. */
export function sendGatewayResponse(
  response: ServerResponse,
  gatewayResponses: readonly GatewayResponse[],
  type: GatewayResponseType,
  requestId: string,
): void {
  const found = gatewayResponses.find((entry) => entry.type === type);
  if (!found) throw new Error(`infra/gateway-responses.yml has no gateway response ${type}.`);
  const body = found.template.replaceAll("$context.requestId", requestId);
  response.writeHead(found.statusCode, found.headers).end(body);
}
