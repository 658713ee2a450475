import type { ClientRequest } from "node:http";

/**
 * Calls `onSent` when the connection stands, because Node then writes the request. Until then nothing of the request has
 * reached the server.
 */
export function whenSent(request: ClientRequest, onSent: () => void): void {
  request.once("socket", (socket) => {
    if (!socket.connecting) return onSent();
    socket.once(request.protocol === "https:" ? "secureConnect" : "connect", onSent);
  });
}
