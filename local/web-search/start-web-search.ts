import type { IncomingMessage, ServerResponse } from "node:http";
import { listen } from "#local/http/listen.ts";
import { isLoopbackHost } from "#local/http/loopback-host.ts";
import { readBody } from "#local/http/read-body.ts";
import { requestUrl } from "#local/http/request-url.ts";
import type { DocumentationSearch } from "./documentation-search.ts";

/** Stands in for Amazon's web search: the operation InvokeWebSearch of Bedrock AgentCore. */
export interface WebSearchServer {
  /** `http://127.0.0.1:<port>` */
  endpoint: string;
  close(): Promise<void>;
}

/**
 * Starts the server on loopback. It searches nothing but this project's documentation, and each result says so. The
 * documentation is read with the first search.
 * @param documentation the address of the site that shows the results
 */
export async function startWebSearch(documentation: string): Promise<WebSearchServer> {
  let index: Promise<DocumentationSearch> | undefined;
  const openIndex = () => {
    index ??= import("./documentation-search.ts").then((module) =>
      module.openDocumentationSearch(),
    );
    return index;
  };

  async function search(request: IncomingMessage): Promise<{ results: object[] }> {
    const { checkSignature, maxBodyBytes, readSearchRequest, SearchRefusal } = await import(
      "./check-request.ts"
    );
    if (!isLoopbackHost(request)) {
      throw new SearchRefusal(403, "AccessDeniedException", "Only this machine may search here.");
    }
    const { pathname } = requestUrl(request);
    const [, webSearchId] = /^\/web-searches\/([^/]+)\/invoke$/.exec(pathname) ?? [];
    if (request.method !== "POST" || webSearchId === undefined) {
      throw new SearchRefusal(404, "UnknownOperationException", "The operation is not known.");
    }
    const body = await readBody(request, maxBodyBytes);
    if (body === undefined) {
      const message = "The body has more than 32 KiB.";
      throw new SearchRefusal(400, "ValidationException", message, "FieldValidationFailed");
    }
    await checkSignature({ path: pathname, headers: request.headers, body });
    if (webSearchId !== "web-search.v1") {
      const message = `There is no web search tool ${webSearchId.slice(0, 100)}.`;
      throw new SearchRefusal(404, "ResourceNotFoundException", message);
    }
    const asked = readSearchRequest(body.toString());
    const { hostname } = new URL(documentation);
    const isOfHost = (domain: string) => domain === hostname || hostname.endsWith(`.${domain}`);
    const isLeftOut =
      asked.isByDate ||
      asked.exclude.some(isOfHost) ||
      (asked.include.length > 0 && !asked.include.some(isOfHost));
    if (isLeftOut) return { results: [] };
    const found = (await openIndex()).search(asked.searchQuery, asked.maxResults);
    return {
      results: found.map(({ title, location, text }) => ({
        text,
        title,
        url: `${documentation}${location}`,
      })),
    };
  }

  const server = await listen(async (request, response) => {
    try {
      send(response, 200, await search(request));
    } catch (error) {
      // Reading the body of a client that has left fails.
      if (response.destroyed) return;
      sendRefusal(response, error);
    }
  });
  return { endpoint: server.address, close: server.close };
}

function sendRefusal(response: ServerResponse, error: unknown): void {
  const refusal = error as { status?: number; type?: string; reason?: string; message: string };
  if (refusal.type === undefined || refusal.status === undefined) throw error;
  response.setHeader("x-amzn-errortype", refusal.type);
  send(response, refusal.status, {
    message: refusal.message,
    ...(refusal.reason !== undefined && { reason: refusal.reason }),
  });
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
