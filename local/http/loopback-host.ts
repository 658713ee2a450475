import type { IncomingMessage } from "node:http";

/**
 * Whether the Host header names this machine. Prevents DNS rebinding: a foreign page whose name resolves to 127.0.0.1
 * would otherwise have the same origin as the twin.
 */
export function isLoopbackHost({ headers }: Pick<IncomingMessage, "headers">): boolean {
  const name = (headers.host ?? "").replace(/:\d+$/, "").toLowerCase();
  return name === "localhost" || name === "[::1]" || /^127\.\d+\.\d+\.\d+$/.test(name);
}
