import type { IncomingMessage, ServerResponse } from "node:http";
import { S3Refusal } from "./refusal.ts";

/** The CORS rule of the bucket, without its origins. `infra/storage.yml` has the same; a test compares them. */
export const corsRule = {
  AllowedMethods: ["GET", "POST"],
  /** A browser asks before it sends a range that is not simple, and its own type of the form. */
  AllowedHeaders: ["content-type", "range"],
  ExposedHeaders: ["accept-ranges", "content-range", "etag"],
  MaxAge: 3_600,
};

/** Answers the question that a browser sends before a request. @throws S3Refusal */
export function answerPreflight(
  { headers }: IncomingMessage,
  response: ServerResponse,
  origin: string,
): void {
  const method = headers["access-control-request-method"];
  if (headers.origin === undefined || method === undefined) {
    throw new S3Refusal(
      400,
      "BadRequest",
      "Insufficient information. Origin request header needed.",
    );
  }
  const asked = (headers["access-control-request-headers"] ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
  const isAllowed =
    headers.origin === origin &&
    corsRule.AllowedMethods.includes(method) &&
    asked.every((name) => corsRule.AllowedHeaders.includes(name));
  if (!isAllowed) {
    throw new S3Refusal(
      403,
      "AccessForbidden",
      "CORSResponse: This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
      { Method: method, ResourceType: "OBJECT" },
    );
  }
  addCorsHeaders(headers.origin, method, response, origin);
  if (asked.length > 0) response.setHeader("access-control-allow-headers", asked.join(", "));
  response.setHeader("access-control-max-age", corsRule.MaxAge).writeHead(200).end();
}

/** Adds the headers with which a browser shows the response to the page. Another origin gets the response without them. */
export function addCorsHeaders(
  given: string | undefined,
  method: string,
  response: ServerResponse,
  origin: string,
): void {
  response.setHeader(
    "vary",
    "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  );
  if (given !== origin || !corsRule.AllowedMethods.includes(method)) return;
  response.setHeader("access-control-allow-origin", origin);
  response.setHeader("access-control-allow-methods", corsRule.AllowedMethods.join(", "));
  response.setHeader("access-control-expose-headers", corsRule.ExposedHeaders.join(", "));
  response.setHeader("access-control-allow-credentials", "true");
}
