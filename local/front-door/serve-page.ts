import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { requestUrl } from "#local/http/request-url.ts";
import { createPageFunction } from "./page-function.ts";
import { pageHeaders } from "./page-headers.ts";

const pageFunction = createPageFunction();

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

const noSuchKey =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>';

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
  const answer = pageFunction({
    uri: requestUrl(request).pathname,
    accept: request.headers.accept,
    requestId: randomUUID(),
  });
  if (!("uri" in answer)) {
    for (const [name, { value }] of Object.entries(answer.headers)) response.setHeader(name, value);
    response.writeHead(answer.statusCode).end(answer.body);
    return;
  }
  const file = answer.uri;
  const content = await readPageFile(directory, file);
  if (!content) {
    // S3's own words, which CloudFront passes on.
    response.writeHead(404, { "content-type": "application/xml" }).end(noSuchKey);
    return;
  }
  const etag = `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`;
  response.setHeader("etag", etag);
  response.setHeader("cache-control", cacheControl(file));
  if (matchesEtag(request.headers["if-none-match"], etag)) {
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

/** RFC 9110, 13.1.2: "*", or a list in which a weak tag counts as well. */
function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch?.trim() === "*") return true;
  const tags: string[] = ifNoneMatch?.match(/"[\x21\x23-\x7e]*"/g) ?? [];
  return tags.includes(etag);
}

/** Names under assets/ change with what is in them; all else must be asked for again. */
function cacheControl(file: string): string {
  return file.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
}

/**
 * Only a name that the folder lists reaches the file system, which has an error of its own for each strange name.
 * Undefined also while a new page is put in place.
 */
async function readPageFile(directory: string, file: string): Promise<Buffer | undefined> {
  const names = await orNothing(readdir(directory, { recursive: true, withFileTypes: true }));
  const found = names
    ?.filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .find((path) => path === join(directory, file));
  return found === undefined ? undefined : orNothing(readFile(found));
}

async function orNothing<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
