import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A network between a browser and a server. */
export interface DelayedNetwork {
  /** The server's address through this network. */
  url: string;
  close(): Promise<void>;
}

/**
 * Passes the bytes between a browser and the server at `url` on, each after half of `roundTripMs`. Opening a connection takes no
 * time: in production the browser keeps one connection open, over HTTP/2.
 */
export async function startDelayedNetwork(
  url: string,
  roundTripMs: number,
): Promise<DelayedNetwork> {
  const { hostname, port } = new URL(url);
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (browser) => {
    const upstream = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      allowHalfOpen: true,
    });
    for (const [from, to] of [
      [browser, upstream],
      [upstream, browser],
    ] as const) {
      sockets.add(from);
      passOn(from, to, roundTripMs / 2);
      from.once("close", () => sockets.delete(from));
    }
  });
  server.listen(0, "localhost");
  await once(server, "listening");
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** Timers of the same length fire in their order, so the bytes stay in order. */
function passOn(from: Socket, to: Socket, delayMs: number): void {
  const later = (pass: () => void) => setTimeout(() => to.destroyed || pass(), delayMs);
  from.on("data", (bytes) => later(() => to.write(bytes)));
  from.once("end", () => later(() => to.end()));
  from.once("error", () => to.destroy());
  from.once("close", () => later(() => to.destroy()));
}
