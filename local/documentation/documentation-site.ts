import { existsSync, readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { listen } from "#local/http/listen.ts";
import { isLoopbackHost } from "#local/http/loopback-host.ts";
import { requestUrl } from "#local/http/request-url.ts";

export interface DocumentationSite {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  address: string;
  close(): Promise<void>;
}

const policyName = "content-security-policy";
const drawingPolicy = "default-src 'none'; style-src 'unsafe-inline'";

/** The site runs no script and loads nothing from elsewhere. */
const securityHeaders = {
  [policyName]:
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cache-control": "no-cache",
};

/** Of the repository's other files the site shows those that a page links to: pictures as pictures, anything else as text. */
const pictureTypes: Record<string, string> = {
  ".png": "image/png",
  ".svg": "image/svg+xml",
};

/** Serves this project's documentation as HTML on loopback. Loads the Markdown parser with the first request for a page. */
export async function startDocumentation(): Promise<DocumentationSite> {
  const site = await listen(async (request, response) => {
    if (!isLoopbackHost(request)) return send(response, 403, "text/plain", "Not this host.\n");
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.setHeader("allow", "GET, HEAD");
      return send(response, 405, "text/plain", "Use GET.\n");
    }
    await serve(request, response);
  });
  return { address: site.address, close: site.close };
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = decodedPath(request);
  if (path === "style.css") {
    const style = readFileSync(join(import.meta.dirname, "style.css"));
    return send(response, 200, "text/css", style);
  }
  const [{ listHtml, notFoundHtml, pageHtml }, { documentPaths, readDocument, repositoryRoot }] =
    await Promise.all([import("./page-html.ts"), import("./read-document.ts")]);
  if (path === "") {
    return send(response, 200, "text/html", listHtml(documentPaths().map(readDocument)));
  }
  const { linkedFiles } = await import("./linked-files.ts");
  const page = `${path}.md`;
  if (documentPaths().includes(page) || linkedFiles().has(page)) {
    return send(response, 200, "text/html", pageHtml(readDocument(page)));
  }
  if (path !== undefined && linkedFiles().has(path) && existsSync(join(repositoryRoot, path))) {
    const type = pictureTypes[extname(path)] ?? "text/plain";
    // A drawing that is opened alone has its own styles, and still no script.
    if (type === "image/svg+xml") response.setHeader(policyName, drawingPolicy);
    return send(response, 200, type, readFileSync(join(repositoryRoot, path)));
  }
  send(response, 404, "text/html", notFoundHtml());
}

function decodedPath(request: IncomingMessage): string | undefined {
  try {
    return decodeURIComponent(requestUrl(request).pathname).slice(1);
  } catch {
    return undefined;
  }
}

/** Node leaves the body of a HEAD request out. */
function send(response: ServerResponse, status: number, type: string, body: string | Buffer): void {
  const charset = type.startsWith("text/") ? "; charset=utf-8" : "";
  const headers = {
    ...securityHeaders,
    ...response.getHeaders(),
    "content-type": `${type}${charset}`,
  };
  response.writeHead(status, headers as Record<string, string>).end(body);
}
