import { isJsonObject, parseJson } from "./json.ts";

const maxValueLength = 8_192;

/** The clients of HTTP and of the Model Context Protocol set these themselves. */
const ownHeader =
  /^(accept|connection|content-.*|host|keep-alive|last-event-id|mcp-.*|te|trailer|transfer-encoding|upgrade)$/i;

/**
 * Reads a secret that holds the headers of requests as JSON: `{"authorization":"Bearer …"}`. Returns what is wrong with it,
 * never a value.
 */
export function readRequestHeaders(
  text: string,
): { headers: Record<string, string> } | { faults: readonly string[] } {
  const headers = parseJson(text);
  const fault = faultOfHeaders(headers);
  if (fault !== undefined) return { faults: [`the value ${fault}`] };
  return { headers: headers as Record<string, string> };
}

/** Returns the end of a sentence, or undefined for an object of headers that may be sent. */
export function faultOfHeaders(headers: unknown): string | undefined {
  if (!isJsonObject(headers)) return "must be a JSON object";
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w!#$%&'*+.^`|~-]{1,64}$/.test(name)) return "has a name that is not a header's";
    if (ownHeader.test(name)) return "has a header that the protocol sets itself";
    const isValue =
      typeof value === "string" &&
      value.length <= maxValueLength &&
      /^[\t\x20-\x7e\x80-\xff]*$/.test(value);
    if (!isValue) return `has a value that is not a line of at most ${maxValueLength} characters`;
  }
  return undefined;
}
