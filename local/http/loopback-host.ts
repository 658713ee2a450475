import type { IncomingMessage } from "node:http";

/**
 * Whether the request names this machine. A foreign page whose own name was made to resolve to 127.0.0.1 (DNS
 * rebinding) would otherwise be the same origin as the twin.
 */
export function isLoopbackHost({ headers }: Pick<IncomingMessage, "headers">): boolean {
  const name = (headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
  return name === "localhost" || name === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(name);
}
