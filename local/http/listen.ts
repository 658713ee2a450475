import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

export interface HttpServer {
  port: number;
  /** `http://127.0.0.1:<port>` */
  address: string;
  /** Open connections are cut. */
  close(): Promise<void>;
}

export interface ListenOptions {
  port?: number | undefined;
  /** Where the port comes from, for whoever has to choose another. */
  setting?: string | undefined;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

/**
 * A server on this machine's loopback address alone. A handler that fails cuts its answer, and the console says why.
 * @throws Error in one sentence when another program has the port
 */
export async function listen(
  handler: Handler,
  { port = 0, setting = "" }: ListenOptions = {},
): Promise<HttpServer> {
  const server = createServer((request, response) => void run(handler, request, response));
  // Longer than the client in front keeps an idle connection, so that it never writes into a closing one.
  server.keepAliveTimeout = 75_000;
  server.listen(port, "127.0.0.1");
  try {
    await once(server, "listening");
  } catch (error) {
    throw describeListenError(error, port, setting);
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
    // Whoever has left is no fault; a body that breaks off fails to be read.
    if (!response.destroyed) console.error(error);
    response.destroy();
  }
}

/** Listens for a moment. @throws Error in one sentence when another program has the port */
export async function requireFreePort(place: ListenOptions): Promise<void> {
  const server = await listen(() => {}, place);
  await server.close();
}

function describeListenError(error: unknown, port: number, setting: string): unknown {
  if (!(error instanceof Error && "code" in error)) return error;
  if (error.code === "EADDRINUSE") {
    return new Error(
      `Port ${port} (${setting}) is in use by another program. Choose another: PORT=3100 npm start`,
    );
  }
  if (error.code === "EACCES") {
    return new Error(
      `Port ${port} (${setting}) is not open to this user. Choose one above 1023: PORT=3100 npm start`,
    );
  }
  return error;
}
