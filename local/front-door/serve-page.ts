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
  ".woff": "font/woff",
  ".woff2": "font/woff2",
};

const noSuchKey =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>';

export interface PageOptions {
  /** Folder of the built page. */
  pageDirectory: string;
  /** Origin of the bucket of the documents, the only other one that the page may call. */
  bucketOrigin: string;
}

/** Serves the built page as CloudFront and its bucket do. */
export async function servePage(
  { pageDirectory: directory, bucketOrigin }: PageOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  for (const [name, value] of Object.entries(pageHeaders(bucketOrigin)))
    response.setHeader(name, value);
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(403, { "content-type": "text/plain" }).end("Only GET and HEAD are allowed.");
    return;
  }
  const result = pageFunction({
    uri: requestUrl(request).pathname,
    accept: request.headers.accept,
    requestId: randomUUID(),
  });
  if (!("uri" in result)) {
    for (const [name, { value }] of Object.entries(result.headers)) response.setHeader(name, value);
    response.writeHead(result.statusCode).end(result.body);
    return;
  }
  const file = result.uri;
  const content = await readPageFile(directory, file);
  if (!content) {
    // S3's error, which CloudFront forwards.
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

/** RFC 9110, 13.1.2: "*", or a list of tags, compared weakly. */
function matchesEtag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch?.trim() === "*") return true;
  const tags: string[] = ifNoneMatch?.match(/"[\x21\x23-\x7e]*"/g) ?? [];
  return tags.includes(etag);
}

/** File names under assets/ contain a hash of the content. The browser revalidates all other files. */
function cacheControl(file: string): string {
  return file.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
}

/**
 * Returns the file, or undefined if it is missing. Compares the name with the folder's listing, because the file system
 * fails in different ways for malformed names.
 */
async function readPageFile(directory: string, file: string): Promise<Buffer | undefined> {
  const names = await orUndefined(readdir(directory, { recursive: true, withFileTypes: true }));
  const found = names
    ?.filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .find((path) => path === join(directory, file));
  return found === undefined ? undefined : orUndefined(readFile(found));
}

/** The folder is missing for a moment while a new page replaces the old one. */
async function orUndefined<Value>(reading: Promise<Value>): Promise<Value | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
