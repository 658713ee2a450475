import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export interface HttpServer {
  port: number;
  /** `http://127.0.0.1:<port>` */
  address: string;
  /** Cuts open connections. */
  close(): Promise<void>;
}

export interface ListenOptions {
  port?: number | undefined;
  /** Name of the port's setting, for the error text. */
  setting?: string | undefined;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/**
 * Starts an HTTP server on 127.0.0.1. If a handler fails, the server logs the error and cuts the connection.
 * @throws Error with one sentence if the port is taken or not allowed
 */
export async function listen(
  handler: Handler,
  { port = 0, setting = "" }: ListenOptions = {},
): Promise<HttpServer> {
  const server = createServer((request, response) => void run(handler, request, response));
  // Longer than a client keeps an idle connection, so that a client never writes into a closing connection.
  server.keepAliveTimeout = 75_000;
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    throw toListenError(error, port, setting);
  }
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("The server has no port.");
  return {
    port: address.port,
    address: `http://127.0.0.1:${address.port}`,
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

async function run(handler: Handler, request: IncomingMessage, response: ServerResponse) {
  try {
    await handler(request, response);
  } catch (error) {
    // Reading the body of a client that has left fails. That is not an error of ours.
    if (!response.destroyed) console.error(error);
    response.destroy();
  }
}

/** @throws Error with one sentence if the port is taken or not allowed */
export async function requireFreePort(options: ListenOptions): Promise<void> {
  const server = await listen(() => {}, options);
  await server.close();
}

function toListenError(error: unknown, port: number, setting: string): unknown {
  if (!(error instanceof Error && "code" in error)) return error;
  if (error.code === "EADDRINUSE") {
    return new Error(
      `Port ${port} (${setting}) is in use by another program. Choose another: PORT=3100 npm start`,
    );
  }
  if (error.code === "EACCES") {
    return new Error(
      `This user may not use port ${port} (${setting}). Choose a port above 1023: PORT=3100 npm start`,
    );
  }
  return error;
}
