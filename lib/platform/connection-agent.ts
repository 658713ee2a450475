import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";

/** An early connection that waited longer is closed: the instance may have been frozen, and the other side gone. */
const earlyConnectionMs = 10_000;

/** An agent of `node:http` and `node:https` that can open a connection before the first request. */
export interface ConnectionAgent {
  readonly http: http.Agent;
  readonly https: https.Agent;
  /**
   * Opens a connection, TLS included, and sends no request. The next request to this host uses the connection, also if
   * it is not open yet. Resolves once the connection is open or has failed: that request then opens its own.
   */
  connect(address: URL): Promise<void>;
  /** Begins a request by the protocol of the address. The caller ends it. */
  request(address: URL, options: http.RequestOptions): http.ClientRequest;
  /** Closes the idle connections. */
  destroy(): void;
}

/** @param idleMs closes a connection that no request has used for this time. The default is the other side's limit. */
export function createConnectionAgent({ idleMs }: { idleMs?: number } = {}): ConnectionAgent {
  const options = { keepAlive: true, ...(idleMs !== undefined && { timeout: idleMs }) };
  const agents = {
    http: withEarlyConnections(new http.Agent(options)),
    https: withEarlyConnections(new https.Agent(options)),
  };
  return {
    http: agents.http.agent,
    https: agents.https.agent,
    connect: ({ protocol, hostname, port }) =>
      protocol === "https:"
        ? agents.https.connect(hostname, Number(port || 443))
        : agents.http.connect(hostname, Number(port || 80)),
    request: (address, options) =>
      address.protocol === "https:"
        ? https.request(address, { ...options, agent: agents.https.agent })
        : http.request(address, { ...options, agent: agents.http.agent }),
    destroy() {
      agents.http.agent.destroy();
      agents.https.agent.destroy();
    },
  };
}

interface Address {
  host?: string | null | undefined;
  port?: number | string | null | undefined;
}

interface EarlyConnection {
  socket: Socket;
  openedAtMs: number;
}

/** Replaces `createConnection`, which Node calls whenever a request finds no idle connection. */
function withEarlyConnections<Agent extends http.Agent>(agent: Agent) {
  const waiting = new Map<string, EarlyConnection>();
  const keyOf = ({ host, port }: Address) => `${host}:${port}`;
  const open = agent.createConnection.bind(agent);

  function take(address: Address): Socket | undefined {
    const found = waiting.get(keyOf(address));
    if (!found) return undefined;
    waiting.delete(keyOf(address));
    const { socket, openedAtMs } = found;
    if (Date.now() - openedAtMs > earlyConnectionMs) socket.destroy();
    return socket.destroyed ? undefined : (socket.ref() as Socket);
  }

  agent.createConnection = (options, callback) => take(options) ?? open(options, callback);

  async function connect(host: string, port: number): Promise<void> {
    // As Node does for a request: an address has no server name.
    const servername = /^[\d.]+$|:/.test(host) ? "" : host;
    const { options } = agent as Agent & { options: https.AgentOptions };
    const socket = open({ ...options, host, port, servername } as http.ClientRequestArgs) as Socket;
    const early = { socket, openedAtMs: Date.now() };
    waiting.set(keyOf({ host, port }), early);
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.once("encrypted" in socket ? "secureConnect" : "connect", resolve);
    socket.on("error", resolve);
    socket.once("close", () => {
      if (waiting.get(keyOf({ host, port })) === early) waiting.delete(keyOf({ host, port }));
      resolve();
    });
    socket.unref();
    return promise;
  }

  return { agent, connect };
}
