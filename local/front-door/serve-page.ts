import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { requestUrl } from "#local/http/request-url.ts";
import { pageHeaders } from "./page-headers.ts";
import { toPageFile } from "./page-path.ts";

const contentTypes: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/** Serves the built page as CloudFront does from its bucket. */
export async function servePage(
  directory: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  for (const [name, value] of Object.entries(pageHeaders)) response.setHeader(name, value);
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(403, { "content-type": "text/plain" }).end("Only GET is possible here.");
    return;
  }
  const file = toPageFile(requestUrl(request).pathname);
  const content = await readPageFile(directory, file);
  if (!content) {
    response.writeHead(404, { "content-type": "text/plain" }).end("There is no such file.");
    return;
  }
  const etag = `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`;
  response.setHeader("etag", etag);
  response.setHeader("cache-control", cacheControl(file));
  if (request.headers["if-none-match"] === etag) {
    response.writeHead(304).end();
    return;
  }
  response
    .writeHead(200, {
      "content-type": contentTypes[extname(file)] ?? "application/octet-stream",
      "content-length": content.length,
    })
    .end(content);
}

/** Names under assets/ change with what is in them; all else must be asked for again. */
function cacheControl(file: string): string {
  return file.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
}

async function readPageFile(directory: string, file: string): Promise<Buffer | undefined> {
  // Plain names only, none of which begins with a dot: no way out of the folder.
  if (!/^(\/[\w-][\w.-]*)+$/.test(file)) return undefined;
  try {
    return await readFile(join(directory, file));
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error;
    if (isMissing && ["ENOENT", "EISDIR", "ENOTDIR"].includes(String(error.code))) return undefined;
    throw error;
  }
}
