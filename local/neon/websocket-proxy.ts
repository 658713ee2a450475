import { once } from "node:events";
import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import { type RawData, type WebSocket, WebSocketServer } from "ws";

/** Neon's WebSocket endpoint. Forwards the bytes of the PostgreSQL protocol unchanged. */
export interface WebSocketProxy {
  /** `127.0.0.1:<port>/v2?address=127.0.0.1:<PostgreSQL's port>`, for the driver's `wsProxy`. */
  readonly address: string;
  close(): Promise<void>;
}

/** Connects to one local PostgreSQL. Refuses any other `address`, which would give access to this machine's network. */
export async function startWebSocketProxy(postgresPort: number): Promise<WebSocketProxy> {
  const server = new WebSocketServer({
    host: "127.0.0.1",
    port: 0,
    path: "/v2",
    verifyClient: ({ req }: { req: IncomingMessage }) => isOurPostgres(req.url ?? "", postgresPort),
  });
  await once(server, "listening");
  server.on("connection", (socket) => connectToPostgres(socket, postgresPort));
  const listening = server.address();
  const port = typeof listening === "object" ? listening?.port : undefined;
  return {
    address: `127.0.0.1:${port}/v2?address=127.0.0.1:${postgresPort}`,
    async close() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, "close");
    },
  };
}

function isOurPostgres(url: string, postgresPort: number): boolean {
  const { searchParams } = new URL(url, "ws://localhost");
  const { hostname, port } = URL.parse(`tcp://${searchParams.get("address")}`) ?? {};
  const isLocal = hostname !== undefined && ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
  return isLocal && port === String(postgresPort);
}

function connectToPostgres(socket: WebSocket, postgresPort: number): void {
  const postgres = connect({ host: "127.0.0.1", port: postgresPort, noDelay: true });
  socket.on("message", (data: RawData) => postgres.write(toBytes(data)));
  postgres.on("data", (data) => socket.send(data));
  socket.on("close", () => postgres.end());
  postgres.on("close", () => socket.close());
  // An error on one side closes the other side.
  socket.on("error", () => postgres.destroy());
  postgres.on("error", () => socket.close());
}

function toBytes(data: RawData): Uint8Array {
  if (Array.isArray(data)) return Buffer.concat(data);
  return data instanceof ArrayBuffer ? new Uint8Array(data) : data;
}
