import type { IncomingMessage } from "node:http";

/** Returns path and query of a request, on the placeholder host `twin`. Any request target that is not a path becomes `/`. */
export function requestUrl({ url = "/" }: Pick<IncomingMessage, "url">): URL {
  return URL.parse(url.startsWith("/") ? `http://twin${url}` : "/") ?? new URL("http://twin/");
}
