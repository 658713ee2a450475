import type { IncomingMessage } from "node:http";

/** Path and query of a request, on a host that means nothing; anything but a path is read as `/`. */
export function requestUrl({ url = "/" }: Pick<IncomingMessage, "url">): URL {
  return URL.parse(url.startsWith("/") ? `http://twin${url}` : "/") ?? new URL("http://twin/");
}
