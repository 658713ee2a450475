import type { ServerResponse } from "node:http";

/** A refusal as S3 sends one. */
export class S3Refusal extends Error {
  readonly status: number;
  readonly code: string;
  /** Further elements of the XML. */
  readonly details: Readonly<Record<string, string | number>>;

  constructor(
    status: number,
    code: string,
    message: string,
    details: Readonly<Record<string, string | number>> = {},
  ) {
    super(message);
    this.name = code;
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** Refused without a reason, as S3 refuses what nobody has signed. */
export const accessDenied = (
  message = "Access Denied",
  details?: Record<string, string | number>,
) => new S3Refusal(403, "AccessDenied", message, details);

export function sendRefusal(response: ServerResponse, refusal: S3Refusal): void {
  const elements = Object.entries({
    Code: refusal.code,
    Message: refusal.message,
    ...refusal.details,
    RequestId: String(response.getHeader("x-amz-request-id")),
  }).map(([name, value]) => `<${name}>${escapeXml(String(value))}</${name}>`);
  response.writeHead(refusal.status, { "content-type": "application/xml" });
  response.end(`<?xml version="1.0" encoding="UTF-8"?>\n<Error>${elements.join("")}</Error>`);
}

const escapeXml = (text: string) =>
  text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
