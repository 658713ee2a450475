// Forwards the connections of one server to its stores and its model. Adds the time that a request to a distant store
// takes, and records when each request started and when its response ended.
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { answerCalls } from "./calls.ts";

/** A request as it crossed the wire. Times are in milliseconds since 1970, so that all processes share them. */
export interface WireRequest {
  service: string;
  startMs: number;
  endMs: number;
}

export interface Route {
  /** The name of the service in the records. */
  service: string;
  port: number;
  /** How long each request takes longer. */
  distanceMs: number;
}

let requests: WireRequest[] = [];

answerCalls({
  /** Returns the port that leads to the service. */
  async open(route: Route): Promise<number> {
    const server = createServer({ noDelay: true }, (client) => forward(client, route));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  },
  /** Returns the records since the last call. */
  takeRequests(): WireRequest[] {
    const taken = requests;
    requests = [];
    return taken;
  },
});

/** Neither HTTP/1.1 nor PostgreSQL's clients here send a request before the last response has ended. */
function forward(client: Socket, { service, port, distanceMs }: Route): void {
  const server = connect({ port, host: "127.0.0.1", noDelay: true });
  let open: WireRequest | undefined;
  let hasResponse = false;
  client.on("data", (data) => {
    if (open === undefined || hasResponse) {
      open = { service, startMs: now(), endMs: Number.NaN };
      requests.push(open);
      hasResponse = false;
    }
    setTimeout(() => server.write(data), distanceMs);
  });
  server.on("data", (data) => {
    hasResponse = true;
    if (open) open.endMs = now();
    client.write(data);
  });
  const close = () => {
    client.destroy();
    server.destroy();
  };
  for (const socket of [client, server]) {
    socket.on("close", close);
    socket.on("error", close);
  }
}

const now = () => performance.timeOrigin + performance.now();
